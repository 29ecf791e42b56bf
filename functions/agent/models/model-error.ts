/** The model cannot be asked, or its provider refused or broke off. The message is for the caller. */
export class ModelError extends Error {
  override readonly name = 'ModelError';
}
