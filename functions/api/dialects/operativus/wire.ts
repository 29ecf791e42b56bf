import * as z from 'zod';

const largestPage = 200;

/** Which part of a list: pages are counted from 0. */
export const pageQuery = {
  page: z.coerce.number().int().min(0).default(0),
  size: z.coerce.number().int().min(1).max(largestPage).default(20),
};

/** Its server nests the numbers in some lists and does not in others; its client reads both. */
export const pageOf = <Element extends z.ZodType>(element: Element) =>
  z.object({
    content: z.array(element),
    totalElements: z.number(),
    totalPages: z.number(),
    size: z.number(),
    number: z.number(),
    numberOfElements: z.number(),
    empty: z.boolean(),
    page: z.object({
      size: z.number(),
      number: z.number(),
      totalElements: z.number(),
      totalPages: z.number(),
    }),
  });

export function toPage<Element>(
  content: Element[],
  totalElements: number,
  { page: number, size }: { readonly page: number; readonly size: number },
) {
  const totalPages = Math.ceil(totalElements / size);
  const numbers = { size, number, totalElements, totalPages };
  return {
    content,
    ...numbers,
    numberOfElements: content.length,
    empty: content.length === 0,
    page: numbers,
  };
}
