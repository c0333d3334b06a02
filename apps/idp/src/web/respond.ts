import type { ServerResponse } from 'node:http';

/** Ends a response with a page. */
export function sendPage(response: ServerResponse, status: number, page: string): void {
  response.statusCode = status;
  response.setHeader('Content-Type', 'text/html; charset=utf-8');
  response.end(page);
}

/** Ends a response with a redirect that the browser follows by GET. */
export function seeOther(response: ServerResponse, location: string): void {
  response.statusCode = 303;
  response.setHeader('Location', location);
  response.end();
}
