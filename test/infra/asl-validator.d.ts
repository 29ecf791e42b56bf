declare module 'asl-validator' {
  /** Checks a definition in Amazon States Language; fills in defaults where it has none. */
  function validate(definition: object): {
    readonly isValid: boolean;
    errorsText(separator?: string): string;
  };
  export = validate;
}
