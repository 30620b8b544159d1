/** class-transformer exports no way to ask what an entity exposes; this is the file that its own functions read. */
declare module 'class-transformer/cjs/storage.js' {
  import type { ClassTransformOptions, TransformationType } from 'class-transformer';

  interface PropertyMetadata {
    propertyName: string;
    options?: { toClassOnly?: boolean; toPlainOnly?: boolean; name?: string };
  }

  export const defaultMetadataStorage: {
    getExposedMetadatas(target: Function): PropertyMetadata[];
    getExcludedMetadatas(target: Function): PropertyMetadata[];
    findTransformMetadatas(target: Function, propertyName: string, transformationType: TransformationType): object[];
    findTypeMetadata(target: Function, propertyName: string): object | undefined;
  };
  export type { ClassTransformOptions };
}
