import { isRouteErrorResponse, useRouteError } from 'react-router';

export function Refused() {
  const error = useRouteError();
  return (
    <p role="alert">{isRouteErrorResponse(error) ? `${error.status} ${error.data.code}` : String(error)}</p>
  );
}
