import 'reflect-metadata';

export { type OpenApiDocument, type OpenApiInfo, type OpenApiOptions, openApiDocument } from './openapi-document.js';
