import type { z } from 'zod';

/** One row a route: the document is made from it, and a test compares it with the routes that there are. */
export interface RouteDescription {
  readonly method: 'get' | 'post' | 'patch' | 'delete';
  readonly path: string;
  readonly summary: string;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  readonly status?: number;
  /** A schema for JSON, or the name of another media type. */
  readonly answer:
    | z.ZodType
    | 'text/event-stream'
    | 'text/plain'
    | 'application/octet-stream'
    | 'application/json'
    | 'application/x-ndjson';
}
