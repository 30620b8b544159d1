/** class-transformer exports no way to ask what an entity exposes; this is the file that its own functions read. */
declare module 'class-transformer/cjs/storage.js' {
  import type { ExposeOptions, TransformationType, TypeHelpOptions } from 'class-transformer';

  interface ExposeMetadata {
    propertyName: string;
    options?: ExposeOptions;
  }

  interface TypeMetadata {
    typeFunction(options: TypeHelpOptions): Function;
  }

  export const defaultMetadataStorage: {
    getExposedProperties(target: Function, transformationType: TransformationType): string[];
    getExcludedProperties(target: Function, transformationType: TransformationType): string[];
    findExposeMetadata(target: Function, propertyName: string): ExposeMetadata | undefined;
    getStrategy(target: Function): 'excludeAll' | 'exposeAll' | 'none';
    findTransformMetadatas(target: Function, propertyName: string, transformationType: TransformationType): object[];
    findTypeMetadata(target: Function, propertyName: string): TypeMetadata | undefined;
  };
}
