import { chromiumComponent } from './setup/chromium.ts';
import { type Component, ensure } from './setup/component.ts';
import { glewlwydComponent, postgresComponent, redisComponent } from './setup/servers.ts';

const components: readonly Component[] = [chromiumComponent, redisComponent, postgresComponent];

/** Without them some tests are skipped, which CI counts as failures. */
const optional: readonly Component[] = [glewlwydComponent];

let complete = true;
for (const component of components) {
  if (!(await ensure(component, (line) => console.log(line)))) complete = false;
}
for (const component of optional) await ensure(component, (line) => console.log(line));
process.exitCode = complete ? 0 : 1;
