/**
 * typedi goes by what the compiler writes of a constructor's parameters. Where it writes nothing, the class is made with typedi's container
 * in place of its first service, and fails where it uses it.
 * @returns a warning for each such class
 */
export function lacksMetadata(classes: readonly Function[]): string[] {
  return classes
    .filter((one) => one.length > 0 && Reflect.getMetadata('design:paramtypes', one) === undefined)
    .map(
      ({ name }) =>
        `${name}: typedi cannot know what its constructor takes, since its compiler wrote no metadata. Set \`experimentalDecorators\` and \`emitDecoratorMetadata\` in tsconfig.json, and compile with tsc or swc: tsx, esbuild and Node's stripping of types write none`,
    );
}
