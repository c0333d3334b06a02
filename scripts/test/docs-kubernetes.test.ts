import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';

const root = path.join(import.meta.dirname, '../..');
const page = readFileSync(path.join(root, 'docs/guides/kubernetes.md'), 'utf8');
const [, manifest = ''] = /^## The manifest\n.*?^```yaml\n(.*?)^```/ms.exec(page) ?? [];
const [, json = ''] = /^```json\n(.*?)^```/ms.exec(page) ?? [];
const config = JSON.parse(json);
const resources = parseAllDocuments(manifest).map((document) => document.toJS());
const named = (kind: string) => resources.find((resource) => resource.kind === kind);

/** Where the types of a kind are, below `kubernetes-models`. */
const modules: Record<string, string> = {
  Deployment: 'apps/v1',
  Ingress: 'networking.k8s.io/v1',
  NetworkPolicy: 'networking.k8s.io/v1',
  PodDisruptionBudget: 'policy/v1',
  Service: 'v1',
};

it('the manifest is one of Kubernetes: every key is known, every value of its type', () => {
  expect(resources.map(({ kind }) => kind)).toEqual([
    'Deployment',
    'Service',
    'PodDisruptionBudget',
    'NetworkPolicy',
    'NetworkPolicy',
    'Ingress',
  ]);
  const folder = mkdtempSync(path.join(root, 'docs/snippets/.programs-'));
  try {
    const program = resources.map(({ apiVersion, kind, ...rest }, index) => {
      expect(apiVersion).toBe(modules[kind]);
      return `import type { I${kind} as T${index} } from 'kubernetes-models/${apiVersion}';
export const r${index}: T${index} = ${JSON.stringify({ apiVersion, kind, ...rest }, null, 1)};`;
    });
    writeFileSync(path.join(folder, 'manifest.ts'), program.join('\n'));
    const compilerOptions = { types: [], skipLibCheck: true, exactOptionalPropertyTypes: false };
    writeFileSync(
      path.join(folder, 'tsconfig.json'),
      JSON.stringify({ extends: path.join(root, 'tsconfig.base.json'), compilerOptions, include: ['*'] }),
    );
    const compiler = path.join(root, 'node_modules/typescript/bin/tsc');
    const { stdout, status } = spawnSync(process.execPath, [compiler, '-p', folder, '--pretty', 'false'], {
      encoding: 'utf8',
    });
    expect([status, stdout]).toEqual([0, '']);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 60_000);

it('the manifest goes with the configuration of the same page', () => {
  const { spec } = named('Deployment').spec.template;
  const [container] = spec.containers;
  const portOf = (name: string) =>
    container.ports.find((port: { name: string }) => port.name === name).containerPort;
  expect([portOf('http'), portOf('management')]).toEqual([config.listen.port, config.management.port]);
  for (const probe of ['startupProbe', 'livenessProbe', 'readinessProbe'])
    expect(container[probe].httpGet.port).toBe('management');

  const seconds = (duration: string) => Number(duration.replace(/s$/, ''));
  const stopping = seconds(config.shutdown.delay) + seconds(config.shutdown.grace);
  expect(spec.terminationGracePeriodSeconds).toBeGreaterThan(stopping);

  const mounts = container.volumeMounts.map(({ mountPath }: { mountPath: string }) => mountPath);
  const files = [config.keys[0].file, config.store.url.file, config.providers[0].clientSecret.file];
  for (const file of files) expect(mounts).toContain(path.posix.dirname(file));
  expect(mounts).toContain('/etc/coatcheck');

  expect(named('Ingress').spec.rules[0].host).toBe(new URL(config.publicUrl).host);
  const labels = named('Deployment').spec.template.metadata.labels;
  for (const selector of [
    named('Deployment').spec.selector.matchLabels,
    named('Service').spec.selector,
    named('PodDisruptionBudget').spec.selector.matchLabels,
    named('NetworkPolicy').spec.podSelector.matchLabels,
  ])
    expect(labels).toMatchObject(selector);
  expect(named('PodDisruptionBudget').spec.minAvailable).toBeLessThan(named('Deployment').spec.replicas);
});
