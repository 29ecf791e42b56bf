import * as z from 'zod';

/** RFC 5322, section 2.1.1; the line break is not counted. */
const maxLineBytes = 998;

const linesFit = (text: string) =>
  text.split(/\r\n|\r|\n/).every((line) => Buffer.byteLength(line) <= maxLineBytes);

export const Email = z.object({
  to: z.email('Write one address, such as anna@example.com.'),
  subject: z
    .string()
    .min(1, 'An email needs a subject.')
    .max(200)
    .regex(/^[^\r\n]*$/, 'A subject is a single line.'),
  body: z
    .string()
    .min(1, 'An email needs a body.')
    .max(20_000)
    .refine(linesFit, `Keep each line of the body within ${maxLineBytes} bytes.`),
});
export type Email = z.infer<typeof Email>;

/** The email as an RFC 5322 message. */
export function toMessage({ to, subject, body }: Email, messageId: string, date: Date): string {
  const headers = [
    'From: Ops agent <ops-agent@example.com>',
    `To: ${to}`,
    `Subject: ${encodeHeader(subject)}`,
    `Date: ${date.toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: <${messageId}@example.com>`,
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: 8bit',
  ];
  const lines = [...headers, '', ...body.split(/\r\n|\r|\n/), ''];
  return lines.join('\r\n');
}

const encodedWordCharacters = 10;

/** RFC 2047: encoded words of at most 75 characters, none of which cuts a character in two. */
function encodeHeader(text: string): string {
  if (/^[\x20-\x7e]*$/.test(text)) return text;
  const characters = Array.from(text);
  const words = [];
  for (let at = 0; at < characters.length; at += encodedWordCharacters) {
    const part = characters.slice(at, at + encodedWordCharacters).join('');
    words.push(`=?utf-8?B?${Buffer.from(part).toString('base64')}?=`);
  }
  return words.join('\r\n ');
}
