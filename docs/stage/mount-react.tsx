import { SessionProvider } from '@coatcheck/react';
import { type ComponentType, StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createMemoryRouter, type RouteObject, RouterProvider } from 'react-router';
import type { Mount, Stage } from './stage.ts';

/** A component below a `SessionProvider`, as in an app. */
export function mountReact(Example: ComponentType<Stage>): Mount {
  return (place, stage) => {
    const root = createRoot(place);
    root.render(
      <StrictMode>
        <SessionProvider client={stage.client}>
          <Example {...stage} />
        </SessionProvider>
      </StrictMode>,
    );
    return () => root.unmount();
  };
}

/** Routes of an app whose address is the stage's. */
export function mountRoutes(routesOf: (stage: Stage) => RouteObject[]): Mount {
  return (place, stage) => {
    const router = createMemoryRouter(routesOf(stage), { initialEntries: [stage.address] });
    const stop = router.subscribe(({ location: { pathname, search, hash } }) =>
      stage.moveTo(pathname + search + hash),
    );
    const unmount = mountReact(() => <RouterProvider router={router} />)(place, stage);
    return () => {
      stop();
      router.dispose();
      unmount();
    };
  };
}
