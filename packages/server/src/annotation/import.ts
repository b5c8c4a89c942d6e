/** Images on their way into a project: looked at, compared with those that are there, stored. The wrong ones are named, the others go on. */
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { z } from 'zod';
import { newId } from '../access/secrets.ts';
import type { ImageAbout, ImportAbout, importSchema, ProjectSettings } from '../contract/index.ts';
import type { FileStore } from '../files/file-store.ts';
import type { Inspection } from '../recognition/inspect-photo.ts';
import { ProcessEnded, type Recognition } from '../recognition/recognition.ts';
import type { KnownImage, NewTask, Store } from '../store/index.ts';
import { faultOf } from './answers.ts';
import { Looks } from './looks.ts';

/** Images of one transaction. */
const AT_A_TIME = 200;
const NAME_CHARACTERS = 255;

export interface ImportSettings {
  readonly store: Store;
  readonly files: FileStore;
  readonly recognition: Recognition;
  readonly project: { readonly id: string; readonly settings: ProjectSettings };
}

type Outcome = z.infer<typeof importSchema>;
interface Looked {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly about: ImageAbout;
  readonly sha256: string;
  readonly inspection: Inspection;
}

/** A name with `/` between its parts, all of which lead downwards. @returns undefined for what is none */
export function cleanName(given: string): string | undefined {
  const parts = given
    .normalize('NFC')
    .replaceAll('\\', '/')
    .split('/')
    .filter((part) => part !== '' && part !== '.');
  const name = parts.join('/');
  const isClean = parts.length > 0 && name.length <= NAME_CHARACTERS && !/[\p{Cc}\p{Cf}]/u.test(name);
  return isClean && !parts.includes('..') ? name : undefined;
}

export class Import {
  readonly #settings: ImportSettings;
  #about: ImportAbout = { all: {}, files: {} };
  /** Names by the SHA-256 of the bytes. */
  readonly #nameOf = new Map<string, string>();
  readonly #names = new Set<string>();
  readonly #looks = new Looks();
  /** In the order of `#looks`. */
  readonly #images: { readonly id: string; readonly name: string }[] = [];
  readonly #queue: Promise<Looked | undefined>[] = [];
  #batch: NewTask[] = [];
  readonly #outcome: Outcome = { added: 0, duplicates: [], refused: [] };

  private constructor(settings: ImportSettings, known: readonly KnownImage[]) {
    this.#settings = settings;
    for (const image of known) this.#remember(image);
  }

  #remember({ id, name, sha256, look }: KnownImage): void {
    this.#nameOf.set(sha256, name);
    this.#names.add(name);
    this.#images.push({ id, name });
    this.#looks.add(look);
  }

  static async begin(settings: ImportSettings): Promise<Import> {
    return new Import(settings, await settings.store.annotation.tasks.known(settings.project.id));
  }

  /** What is said of the images that follow. */
  tell(about: ImportAbout): void {
    this.#about = about;
  }

  refuse(file: string, error: string): void {
    this.#outcome.refused.push({ file, error });
  }

  async offer(given: string, bytes: Uint8Array): Promise<void> {
    const name = cleanName(given);
    if (name === undefined) return this.refuse(given.slice(0, NAME_CHARACTERS), 'has a name that cannot be kept');
    const about = { ...this.#about.all, ...(Object.hasOwn(this.#about.files, name) ? this.#about.files[name] : {}) };
    const fault = this.#faultOf(about);
    if (fault !== undefined) return this.refuse(name, fault);
    this.#queue.push(this.#look(name, bytes, about));
    // As many in work as there are processes, and taken in their order
    while (this.#queue.length > this.#settings.recognition.width) await this.#take();
  }

  #faultOf({ role = 'work', gold }: ImageAbout): string | undefined {
    if (gold) return faultOf(this.#settings.project.settings.questions, gold);
    return role === 'gold' || role === 'test' ? `is to be a ${role} item, but has no known answer` : undefined;
  }

  async #look(name: string, bytes: Uint8Array, about: ImageAbout): Promise<Looked | undefined> {
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    if (this.#nameOf.has(sha256))
      return { name, bytes, about, sha256, inspection: { file: name, error: 'is there already' } };
    try {
      const inspection = await this.#settings.recognition.inspect({ file: name, bytes }, { lane: 'job' });
      return { name, bytes, about, sha256, inspection };
    } catch (error) {
      if (!(error instanceof ProcessEnded)) throw error;
      this.refuse(name, `cannot be read (${error.message})`);
      return undefined;
    }
  }

  async #take(): Promise<void> {
    const looked = await this.#queue.shift();
    if (!looked) return;
    const { name, bytes, about, sha256, inspection } = looked;
    const same = this.#nameOf.get(sha256);
    if (same !== undefined) return void this.#outcome.duplicates.push({ file: name, of: same });
    if ('error' in inspection) return this.refuse(name, inspection.error.replace(`${name}: `, ''));
    if (this.#names.has(name)) return this.refuse(name, 'has the name of another image of the project');
    const id = newId();
    const at = this.#looks.findAlike(inspection.look);
    const alike = at === undefined ? undefined : this.#images[at];
    const { key: fileKey } = await this.#settings.files.put(
      Readable.from([Buffer.from(inspection.converted ?? bytes)]),
    );
    const { look, contentType, width, height } = inspection;
    this.#batch.push({
      id,
      name,
      about,
      sha256,
      look,
      duplicateOf: alike?.id ?? null,
      fileKey,
      contentType,
      width,
      height,
    });
    if (alike) this.#outcome.duplicates.push({ file: name, of: alike.name });
    this.#remember({ id, name, sha256, look });
    if (this.#batch.length >= AT_A_TIME) await this.#flush();
  }

  async #flush(): Promise<void> {
    const batch = this.#batch;
    this.#batch = [];
    if (batch.length === 0) return;
    const { store, project, files } = this.#settings;
    let added: Map<string, string> | undefined;
    try {
      added = await store.annotation.tasks.add(project.id, batch);
    } finally {
      for (const { name, fileKey } of batch) if (!added?.has(name)) await files.remove(fileKey);
    }
    this.#outcome.added += added?.size ?? 0;
    for (const { name } of batch)
      if (!added?.has(name)) this.refuse(name, 'was added by somebody else at the same time');
  }

  async finish(): Promise<Outcome> {
    while (this.#queue.length > 0) await this.#take();
    await this.#flush();
    return this.#outcome;
  }

  /** Forgets what is not stored yet. */
  async abandon(): Promise<void> {
    await Promise.allSettled(this.#queue);
    for (const { fileKey } of this.#batch) await this.#settings.files.remove(fileKey);
  }
}
