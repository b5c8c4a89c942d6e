/**
 * How well faces are reconstructed and turned to the front, on drawings of which everything is known (subjects.ts,
 * draw.ts): found and landmark error by yaw, what each rule of visibility drops, and whether the frontal shading tells
 * faces apart that are turned or lit from elsewhere; and what it costs.
 */
import {
  FaceSurface,
  findFaces,
  joined,
  MeshReconstructor,
  readPhoto,
  recenter,
  type CanonicalFace,
  type Face,
  type FaceDetector,
  type FaceMesh,
  type FaceMesher,
  type FaceReconstruction,
  type RecenteredFace,
} from 'mienjs/face';
import {
  loadAttentionMesher,
  loadCanonicalFace,
  loadFaceDetector,
  loadFaceMesher,
  loadMediaPipeDetector,
  meanFace,
  readPositionMapReconstructor,
  type FaceSubject,
} from 'mienjs/face/node';
import {
  applyMatrix3,
  applyRigidAll,
  interpolate,
  lambertShading,
  planeFitNormals,
  rasterize,
  rotationFromPose,
  vertexNormals,
  VISIBILITY_RULES,
  type TriangleMesh,
} from 'mienjs/geometry';
import { rawImage, type Point3, type RawImage } from 'mienjs/image';
import { interleave, median, millisecondsPerRun } from '../timing.ts';
import { draw, eyeDistance, landmarksSeen, type Drawing, type View } from './draw.ts';
import { mixSubjects, readPhotoSubjects, subjectLandmarks } from './subjects.ts';
import { trulyHidden } from './truth.ts';

/** One back-end at one yaw. Errors are mean distances as shares of the distance between the eyes; null of no face. */
export interface YawRow {
  readonly bench: 'recentralization';
  readonly mesher: string;
  readonly yaw: number;
  readonly drawings: number;
  /** Share of the drawings in which the face was found. */
  readonly found: number;
  /** Mean of the yaw that was read, degrees. */
  readonly yawRead: number | null;
  /** Error of the 68 landmarks in the picture. */
  readonly landmarkError: number | null;
  /** Error of the 68 landmarks in space, turned to the front. */
  readonly frontalError: number | null;
  /** Share of the skin's vertices that is taken as seen. */
  readonly seen: number | null;
}

/** A rule at one yaw: shares of the truly hidden and of the truly visible vertices that it drops. */
export interface VisibilityRow {
  readonly bench: 'recentralization-visibility';
  readonly rule: string;
  readonly yaw: number;
  readonly vertices: number;
  readonly hidden: number;
  readonly hiddenDropped: number;
  readonly visibleDropped: number;
}

/** How often a face's shading is nearest to its own from the front, among those of all faces. */
export interface IdentityRow {
  readonly bench: 'recentralization-identity';
  readonly test: string;
  readonly faces: number;
  readonly queries: number;
  readonly found: number;
  /** Among those found. */
  readonly nearest: number;
}

export interface CostRow {
  readonly bench: 'recentralization-cost';
  readonly work: string;
  readonly points: number;
  readonly ms: number;
}

export type RecentralizationRow = YawRow | VisibilityRow | IdentityRow | CostRow;

const YAWS = [-80, -60, -45, -30, -15, 0, 15, 30, 45, 60, 80];
const SUBJECTS_BY_YAW = 12;
const VISIBILITY_YAWS = [30, 60, 80];
const SUBJECTS_BY_RULE = 4;
const FACES_TOLD_APART = 100;
const LIGHTS: readonly Point3[] = [
  [-1, 0, -0.6],
  [1, 0, -0.6],
  [0, -1, -0.6],
  [0, 1, -1],
  [-0.7, -0.7, -0.7],
  [0.7, -0.7, -0.7],
];
const FRONT: View = { yawDeg: 0, pitchDeg: 0, rollDeg: 0 };
const SEED = 14;
const PX_PER_CM = 10;

export async function benchRecentralization(
  rounds: number,
  log: (line: string) => void,
  positionMap?: string,
): Promise<RecentralizationRow[]> {
  const canonical = await loadCanonicalFace();
  const subjects = await readPhotoSubjects(canonical);
  log(`${subjects.length} faces of the demo photos to mix`);
  const world = { canonical, surface: new FaceSurface(canonical), reconstructor: new MeshReconstructor(canonical) };
  const mixed = mixSubjects(subjects, SUBJECTS_BY_YAW, SEED);
  if (positionMap !== undefined)
    return byYaw(world, mixed, await positionMapWays(world, positionMap, { mesh: meanFace(subjects) }), log);
  return [
    ...(await byYaw(world, mixed, await meshWays(world), log)),
    ...byRule(world, mixSubjects(subjects, SUBJECTS_BY_RULE, SEED)),
    ...(await byIdentity(world, mixSubjects(subjects, FACES_TOLD_APART, SEED), log)),
    ...(await costs(world, mixSubjects(subjects, 1, SEED)[0]!, rounds)),
  ];
}

interface World {
  readonly canonical: CanonicalFace;
  readonly surface: FaceSurface;
  readonly reconstructor: MeshReconstructor;
}

/** What is read off a drawing. */
interface Reading {
  /** The 68 in the picture. */
  readonly landmarks: readonly Point3[];
  readonly frontal: Pick<RecenteredFace, 'landmarks'> & Partial<Pick<RecenteredFace, 'pose' | 'visibleShare'>>;
}
/** Undefined where no face is found. */
type Way = (drawing: Drawing, view: View) => Promise<Reading | undefined>;

async function meshWays(world: World): Promise<Readonly<Record<string, Way>>> {
  const detector = await loadFaceDetector();
  const way =
    (mesher: FaceMesher): Way =>
    ({ image }) =>
      frontalOf(image, world, detector, mesher);
  return { mesh: way(await loadFaceMesher()), 'attention mesh': way(await loadAttentionMesher()) };
}

/**
 * A position-map network where the mesh finds the face, as it is used; the same where the truth says where the face is,
 * which shows the network alone; and what it has to beat.
 * @param mean the mean of the faces that the subjects are mixed from
 */
async function positionMapWays(
  { canonical, reconstructor }: World,
  file: string,
  mean: Pick<FaceSubject, 'mesh'>,
): Promise<Readonly<Record<string, Way>>> {
  const [detector, mesher, network] = await Promise.all([
    loadFaceDetector(),
    loadFaceMesher(),
    readPositionMapReconstructor(file, { threads: 1 }),
  ]);
  const turned = (image: RawImage, reconstruction: FaceReconstruction): Reading => ({
    landmarks: reconstruction.landmarks,
    frontal: recenter(image, reconstruction, canonical),
  });
  // Two ways ask for it
  const meshes = new WeakMap<Drawing, Promise<FaceMesh | undefined>>();
  const found = (drawing: Drawing): Promise<FaceMesh | undefined> => {
    const mesh =
      meshes.get(drawing) ?? findFaces(drawing.image, detector, mesher).then((faces) => largestFace(faces)?.mesh);
    meshes.set(drawing, mesh);
    return mesh;
  };
  return {
    mesh: async (drawing) => {
      const mesh = await found(drawing);
      return mesh && turned(drawing.image, reconstructor.reconstructMesh(drawing.image, mesh.points));
    },
    'position map': async (drawing) => {
      const mesh = await found(drawing);
      return mesh && turned(drawing.image, await network.reconstruct(drawing.image, { mesh }));
    },
    'position map, framed by the truth': async ({ image, points }) =>
      turned(image, await network.reconstruct(image, { mesh: { points } })),
    'mean shape at the true pose': (_, view) =>
      Promise.resolve({ landmarks: landmarksSeen(mean, view), frontal: { landmarks: subjectLandmarks(mean) } }),
  };
}

async function byYaw(
  world: World,
  subjects: readonly FaceSubject[],
  ways: Readonly<Record<string, Way>>,
  log: (line: string) => void,
): Promise<YawRow[]> {
  const readings = Object.fromEntries(Object.keys(ways).map((mesher) => [mesher, [] as YawRow[]]));
  for (const yaw of YAWS) {
    const view = { ...FRONT, yawDeg: yaw };
    const drawings = subjects.map((subject) => ({ subject, drawing: draw(subject, world.surface, view) }));
    for (const [mesher, way] of Object.entries(ways)) {
      const read = [];
      for (const { subject, drawing } of drawings) {
        const reading = await way(drawing, view);
        if (reading) read.push({ ...reading, drawing, subject });
      }
      readings[mesher]!.push(yawRow(mesher, yaw, subjects.length, read));
      log(`${mesher}, yaw ${yaw}: ${read.length} of ${subjects.length} found`);
    }
  }
  return Object.values(readings).flat();
}

function yawRow(
  mesher: string,
  yaw: number,
  drawings: number,
  read: readonly (Reading & { readonly drawing: Drawing; readonly subject: FaceSubject })[],
): YawRow {
  return {
    bench: 'recentralization',
    mesher,
    yaw,
    drawings,
    found: read.length / drawings,
    yawRead: meanOf(read.flatMap(({ frontal }) => frontal.pose?.yawDeg ?? [])),
    landmarkError: meanOf(
      read.map(({ landmarks, drawing }) => meanDistance(landmarks, drawing.landmarks, 2) / drawing.eyeDistancePx),
    ),
    frontalError: meanOf(
      read.map(({ frontal, subject }) => {
        const truth = subjectLandmarks(subject);
        return meanDistance(centered(frontal.landmarks), centered(truth), 3) / eyeDistance(truth);
      }),
    ),
    seen: meanOf(read.flatMap(({ frontal }) => frontal.visibleShare ?? [])),
  };
}

function largestFace(faces: readonly Face[]): Face | undefined {
  return [...faces].sort((a, b) => b.box.width * b.box.height - a.box.width * a.box.height)[0];
}

/** The largest face of a picture. */
async function frontalOf(
  image: RawImage,
  { canonical, reconstructor }: World,
  detector: FaceDetector,
  mesher: FaceMesher,
): Promise<{ landmarks: readonly Point3[]; frontal: RecenteredFace } | undefined> {
  const face = largestFace(await findFaces(image, detector, mesher));
  if (!face) return undefined;
  const reconstruction = reconstructor.reconstructMesh(image, face.mesh.points);
  return { landmarks: reconstruction.landmarks, frontal: recenter(image, reconstruction, canonical) };
}

function meanOf(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function meanDistance(a: readonly Point3[], b: readonly Point3[], axes: 2 | 3): number {
  return meanOf(a.map((p, i) => Math.hypot(...p.slice(0, axes).map((v, k) => v - b[i]![k as 0]!))))!;
}

function centered(points: readonly Point3[]): Point3[] {
  const middle = [0, 1, 2].map((k) => meanOf(points.map((p) => p[k as 0]))!);
  return points.map(([x, y, z]): Point3 => [x - middle[0]!, y - middle[1]!, z - middle[2]!]);
}

/** On surfaces that are turned, not read from a picture: the rules alone are compared. */
function byRule({ surface }: World, subjects: readonly FaceSubject[]): VisibilityRow[] {
  const photo = rawImage(400, 400, 3, new Uint8Array(400 * 400 * 3));
  const rows: VisibilityRow[] = [];
  for (const yaw of VISIBILITY_YAWS) {
    const rotation = rotationFromPose({ ...FRONT, yawDeg: yaw });
    const turn = { rotation, scale: PX_PER_CM, translation: [200, 200, 0] } as const;
    const shapes = subjects.map((subject) => {
      const open = surface.densify(subject.mesh);
      const positions = applyRigidAll(turn, open.positions);
      const landmarks = subjectLandmarks(subject).map((p): Point3 => {
        const [x, y, z] = applyMatrix3(rotation, p);
        return [PX_PER_CM * x + 200, PX_PER_CM * y + 200, PX_PER_CM * z];
      });
      const hidden = trulyHidden({ positions, triangles: joined(open.triangles, open.openings) });
      return { positions, triangles: open.triangles, openings: open.openings, landmarks, hidden };
    });
    for (const rule of VISIBILITY_RULES) {
      let [hidden, hiddenDropped, shown, shownDropped] = [0, 0, 0, 0];
      for (const shape of shapes) {
        const { visible } = readPhoto(photo, shape, rule);
        for (let i = 0; i < surface.skinVertexCount; i++) {
          if (shape.hidden[i]) hiddenDropped += 1 - visible[i]!;
          else shownDropped += 1 - visible[i]!;
          hidden += shape.hidden[i]!;
          shown += 1 - shape.hidden[i]!;
        }
      }
      rows.push({
        bench: 'recentralization-visibility',
        rule,
        yaw,
        vertices: subjects.length * surface.skinVertexCount,
        hidden,
        hiddenDropped: hiddenDropped / hidden,
        visibleDropped: shownDropped / shown,
      });
    }
  }
  return rows;
}

async function byIdentity(
  world: World,
  subjects: readonly FaceSubject[],
  log: (line: string) => void,
): Promise<IdentityRow[]> {
  // One face fills the picture: the search of photos is not needed
  const [detector, mesher] = [await loadMediaPipeDetector(), await loadFaceMesher()];
  const shadingsOf = async (view: View): Promise<(RecenteredFace | undefined)[]> => {
    const shadings = [];
    for (const subject of subjects) {
      const { image } = draw(subject, world.surface, view);
      shadings.push((await frontalOf(image, world, detector, mesher))?.frontal);
    }
    return shadings;
  };
  const gallery = await shadingsOf(FRONT);
  const row = (test: string, queries: readonly (RecenteredFace | undefined)[]): IdentityRow => {
    let [found, nearest] = [0, 0];
    queries.forEach((query, i) => {
      const own = i % subjects.length;
      if (!query || !gallery[own]) return;
      found++;
      if (nearestOf(query, gallery) === own) nearest++;
    });
    log(`${test}: ${nearest} of ${found} nearest to their own`);
    return {
      bench: 'recentralization-identity',
      test,
      faces: subjects.length,
      queries: queries.length,
      found: found / queries.length,
      nearest: nearest / found,
    };
  };
  const rows = [row('yaw 45', await shadingsOf({ ...FRONT, yawDeg: 45 }))];
  const lit = [];
  for (const light of LIGHTS) lit.push(...(await shadingsOf({ ...FRONT, light })));
  return [...rows, row(`${LIGHTS.length} lights`, lit)];
}

/** The least mean squared difference where both show skin. */
function nearestOf(query: RecenteredFace, gallery: readonly (RecenteredFace | undefined)[]): number {
  const differences = gallery.map((face) => {
    if (!face) return Infinity;
    let [sum, count] = [0, 0];
    query.mask.forEach((seen, pixel) => {
      if (!seen || !face.mask[pixel]) return;
      sum += (query.shading.data[pixel]! - face.shading.data[pixel]!) ** 2;
      count++;
    });
    return sum / count;
  });
  return differences.indexOf(Math.min(...differences));
}

/** On one thread, as all of it is. */
async function costs(
  { canonical, surface, reconstructor }: World,
  subject: FaceSubject,
  rounds: number,
): Promise<CostRow[]> {
  const { image } = draw(subject, surface, { ...FRONT, yawDeg: 30 });
  const [found] = await findFaces(image, await loadFaceDetector(), await loadFaceMesher());
  const points = found!.mesh.points;
  const face = reconstructor.reconstructMesh(image, points);
  const bump = makeBump();
  const size = { width: 100, height: 100 };
  const shade = (mesh: TriangleMesh, normals: Float32Array): Float32Array =>
    interpolate(rasterize(mesh, { kind: 'orthographic' }, size), mesh.triangles, lambertShading(normals), 1);
  const works: readonly [work: string, points: number, run: () => unknown][] = [
    ['shading 100×100, mesh normals', bump.positions.length / 3, () => shade(bump, vertexNormals(bump))],
    ['normals by plane fits', bump.positions.length / 3, () => planeFitNormals(bump.positions)],
    ['reconstruct from the mesh', face.positions.length / 3, () => reconstructor.reconstructMesh(image, points)],
    ['re-centralize', face.positions.length / 3, () => recenter(image, face, canonical)],
  ];
  const samples = await interleave(
    works.map(
      ([, , run]) =>
        () =>
          millisecondsPerRun(() => Promise.resolve(run())),
    ),
    rounds,
  );
  return works.map(([work, count], i) => ({
    bench: 'recentralization-cost',
    work,
    points: count,
    ms: median(samples[i]!),
  }));
}

/** A hill of 10,000 points over 100×100 px. */
function makeBump(): TriangleMesh {
  const side = 100;
  const positions = Float32Array.from({ length: 3 * side * side }, (_, k) => {
    const [x, y] = [Math.floor(k / 3) % side, Math.floor(k / 3 / side)];
    return [x + 0.3, y + 0.4, -40 * Math.exp(-((x - 50) ** 2 + (y - 50) ** 2) / 1800)][k % 3]!;
  });
  const triangles: number[] = [];
  for (let y = 0; y + 1 < side; y++) {
    for (let x = 0; x + 1 < side; x++) {
      const i = y * side + x;
      triangles.push(i, i + side, i + 1, i + 1, i + side, i + side + 1);
    }
  }
  return { positions, triangles: Uint32Array.from(triangles) };
}
