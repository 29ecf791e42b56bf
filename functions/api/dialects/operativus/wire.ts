import * as z from 'zod';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** `run_<uuid>` or the bare uuid; anything else cannot be a run and is not found as one. */
export const RunId = z.string().transform((id) => {
  const bare = id.toLowerCase().replace(/^run_/, '');
  return uuid.test(bare) ? bare : id;
});

/** How this dialect names a run. */
export const wireId = (runId: string) => `run_${runId}`;

export const iso = (at: number) => new Date(at).toISOString();

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
