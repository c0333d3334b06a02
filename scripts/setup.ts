import { chromiumComponent } from './setup/chromium.ts';
import { type Component, ensure } from './setup/component.ts';
import { postgresComponent, redisComponent } from './setup/servers.ts';

const components: readonly Component[] = [chromiumComponent, redisComponent, postgresComponent];

let complete = true;
for (const component of components) {
  if (!(await ensure(component, (line) => console.log(line)))) complete = false;
}
process.exitCode = complete ? 0 : 1;
