/** A server in Go: what is built, and from what. */
export interface GoProgram {
  readonly name: string;
  /** The package with its main function. */
  readonly package: string;
  /** As the module proxy knows it. */
  readonly version: string;
  /** What people call that version. */
  readonly release: string;
  /** Lines of go.mod: what the module replaces itself is not replaced for those who depend on it. */
  readonly replace: readonly string[];
  readonly tags: readonly string[];
}

export const hydraProgram: GoProgram = {
  name: 'hydra',
  package: 'github.com/ory/hydra/v2',
  version: 'v2.3.0',
  release: '2.3.0',
  replace: ['github.com/gobuffalo/pop/v6 => github.com/ory/pop/v6 v6.2.1-0.20241121111754-e5dfc0f3344b'],
  tags: ['sqlite', 'sqlite_omit_load_extension', 'json1'],
};

/** Its tags start with v2, its module's name does not end with it: the commit of the release names the version. */
export const dexProgram: GoProgram = {
  name: 'dex',
  package: 'github.com/dexidp/dex/cmd/dex',
  version: 'v0.0.0-20260303133905-11d2eeb52b42',
  release: '2.45.1',
  replace: [],
  tags: [],
};

export const goPrograms: readonly GoProgram[] = [dexProgram, hydraProgram];
