export type Value = string | number;

export interface DemoTable {
  readonly name: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Value[])[];
}

const people: readonly (readonly [name: string, city: string])[] = [
  ['Ada Brandt', 'Berlin'],
  ['Bruno Costa', 'Lisbon'],
  ['Chiara Rossi', 'Turin'],
  ['David Okafor', 'Lagos'],
  ['Elif Demir', 'Izmir'],
  ['Femke de Vries', 'Utrecht'],
  ['Gabriel Moreau', 'Lyon'],
  ['Hana Suzuki', 'Osaka'],
  ['Ines Navarro', 'Sevilla'],
  ['Jonas Berg', 'Oslo'],
  ['Kavya Nair', 'Kochi'],
  ['Liam Walsh', 'Cork'],
];

const products: readonly (readonly [name: string, price: number])[] = [
  ['Desk lamp', 39.5],
  ['Office chair', 249],
  ['Notebook', 4.9],
  ['Monitor arm', 89.9],
  ['Keyboard', 119],
];

/** Days since the first of January 2026. */
const date = (day: number) => new Date(Date.UTC(2026, 0, 1 + day)).toISOString().slice(0, 10);

const orders = Array.from({ length: 40 }, (_, i) => {
  const [product, price] = products[(i * 3) % products.length] ?? ['', 0];
  const quantity = 1 + (i % 4);
  return {
    id: i + 1,
    customer: 1 + ((i * 7) % people.length),
    product,
    quantity,
    price,
    day: i * 4,
  };
});

const amount = ({ quantity, price }: (typeof orders)[number]) =>
  Math.round(quantity * price * 100) / 100;

export const demoTables: readonly DemoTable[] = [
  {
    name: 'customers',
    columns: ['id INTEGER PRIMARY KEY', 'name TEXT', 'email TEXT', 'city TEXT', 'joined_on TEXT'],
    rows: people.map(([name, city], i) => [
      i + 1,
      name,
      `${name.split(' ')[0]?.toLowerCase()}@example.com`,
      city,
      date(i * 9),
    ]),
  },
  {
    name: 'products',
    columns: ['id INTEGER PRIMARY KEY', 'name TEXT', 'price REAL', 'listed_on TEXT'],
    rows: products.map(([name, price], i) => [i + 1, name, price, date(i * 2)]),
  },
  {
    name: 'orders',
    columns: [
      'id INTEGER PRIMARY KEY',
      'customer_id INTEGER',
      'product TEXT',
      'quantity INTEGER',
      'amount REAL',
      'ordered_on TEXT',
    ],
    rows: orders.map((order) => [
      order.id,
      order.customer,
      order.product,
      order.quantity,
      amount(order),
      date(order.day),
    ]),
  },
  {
    name: 'invoices',
    columns: [
      'id INTEGER PRIMARY KEY',
      'order_id INTEGER',
      'amount REAL',
      'issued_on TEXT',
      'paid_on TEXT',
    ],
    rows: orders
      .slice(0, 30)
      .map((order) => [
        order.id,
        order.id,
        amount(order),
        date(order.day + 2),
        order.id % 5 === 0 ? '' : date(order.day + 12),
      ]),
  },
];
