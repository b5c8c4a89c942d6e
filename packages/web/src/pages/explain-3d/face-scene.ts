/** A face's surface, drawn with three.js: turned by the pointer or by calls, drawn only when something changed. */
import {
  BufferAttribute,
  BufferGeometry,
  Color,
  DirectionalLight,
  DoubleSide,
  HemisphereLight,
  Mesh,
  MeshBasicMaterial,
  MeshStandardMaterial,
  PerspectiveCamera,
  Scene,
  SRGBColorSpace,
  WebGLRenderer,
} from 'three';
import { OrbitControls } from 'three/examples/jsm/controls/OrbitControls.js';
import type { Surface } from '../../worker/protocol.ts';

export const LOOKS_OF_FACE = [
  { value: 'photo', title: 'Photo' },
  { value: 'shape', title: 'Shape' },
  { value: 'mesh', title: 'Mesh' },
] as const;
export type Look = (typeof LOOKS_OF_FACE)[number]['value'];

/** Color of what the photo does not show. */
const UNSEEN = 0x8d9496;
/** Distance of the camera in units of the face's height. */
const DISTANCE = 2.35;
const LARGEST_PITCH = Math.PI / 3;

export class FaceScene {
  readonly #renderer: WebGLRenderer;
  readonly #scene = new Scene();
  readonly #camera = new PerspectiveCamera(30, 1, 1, 200);
  readonly #controls: OrbitControls;
  readonly #mesh: Mesh<BufferGeometry, MeshBasicMaterial | MeshStandardMaterial>;
  readonly #observer: ResizeObserver;
  readonly #distance: number;
  #frame = 0;

  /** @throws {Error} when the browser gives no WebGL */
  constructor(canvas: HTMLCanvasElement, surface: Surface) {
    this.#renderer = new WebGLRenderer({ canvas, antialias: true, alpha: true });
    this.#renderer.setPixelRatio(Math.min(2, devicePixelRatio));
    const geometry = geometryOf(surface);
    this.#mesh = new Mesh(geometry, new MeshBasicMaterial());
    const light = new DirectionalLight(0xffffff, 2.2);
    light.position.set(-1, 1.4, 2);
    this.#scene.add(this.#mesh, light, new HemisphereLight(0xffffff, 0x445055, 1.1));
    const { min, max } = geometry.boundingBox!;
    this.#distance = DISTANCE * (max.y - min.y);
    this.#controls = new OrbitControls(this.#camera, canvas);
    Object.assign(this.#controls, {
      enablePan: false,
      minDistance: this.#distance / 2,
      maxDistance: this.#distance * 2,
      minPolarAngle: Math.PI / 2 - LARGEST_PITCH,
      maxPolarAngle: Math.PI / 2 + LARGEST_PITCH,
    });
    this.#controls.addEventListener('change', this.#draw);
    this.front();
    this.#observer = new ResizeObserver(() => {
      const { clientWidth: width, clientHeight: height } = canvas;
      if (width === 0 || height === 0) return;
      this.#renderer.setSize(width, height, false);
      this.#camera.aspect = width / height;
      this.#camera.updateProjectionMatrix();
      this.#draw();
    });
    this.#observer.observe(canvas);
  }

  show(look: Look, isDark: boolean): void {
    this.#mesh.material.dispose();
    this.#mesh.material =
      look === 'photo'
        ? new MeshBasicMaterial({ vertexColors: true, side: DoubleSide })
        : look === 'shape'
          ? new MeshStandardMaterial({ color: isDark ? 0xcfd6d4 : 0xd9d2c4, roughness: 0.75, side: DoubleSide })
          : new MeshBasicMaterial({
              color: isDark ? 0x7cc7bc : 0x1d4f4a,
              wireframe: true,
              transparent: true,
              opacity: 0.5,
            });
    this.#draw();
  }

  /** Radians, of the camera around the face. */
  turn(yaw: number, pitch: number): void {
    const { x, y, z } = this.#camera.position;
    const radius = Math.hypot(x, y, z);
    const azimuth = Math.atan2(x, z) - yaw;
    const elevation = Math.min(LARGEST_PITCH, Math.max(-LARGEST_PITCH, Math.asin(y / radius) + pitch));
    this.#camera.position.set(
      radius * Math.cos(elevation) * Math.sin(azimuth),
      radius * Math.sin(elevation),
      radius * Math.cos(elevation) * Math.cos(azimuth),
    );
    this.#controls.update();
    this.#draw();
  }

  /** @param factor above 1 comes nearer */
  zoom(factor: number): void {
    this.#camera.position.divideScalar(factor);
    this.#controls.update();
    this.#draw();
  }

  front(): void {
    this.#camera.position.set(0, 0, this.#distance);
    this.#controls.target.set(0, 0, 0);
    this.#controls.update();
    this.#draw();
  }

  release(): void {
    cancelAnimationFrame(this.#frame);
    this.#observer.disconnect();
    this.#controls.dispose();
    this.#mesh.geometry.dispose();
    this.#mesh.material.dispose();
    this.#renderer.dispose();
  }

  readonly #draw = (): void => {
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => this.#renderer.render(this.#scene, this.#camera));
  };
}

function geometryOf({ positions, triangles, colors, visible }: Surface): BufferGeometry {
  const geometry = new BufferGeometry();
  // three.js has y up and z towards the viewer
  geometry.setAttribute(
    'position',
    new BufferAttribute(
      positions.map((value, i) => (i % 3 === 0 ? value : -value)),
      3,
    ),
  );
  const unseen = new Color(UNSEEN);
  const linear = new Float32Array(colors.length);
  const color = new Color();
  for (let v = 0; v < visible.length; v++) {
    if (visible[v])
      color.setRGB(colors[3 * v]! / 255, colors[3 * v + 1]! / 255, colors[3 * v + 2]! / 255, SRGBColorSpace);
    else color.copy(unseen);
    color.toArray(linear, 3 * v);
  }
  geometry.setAttribute('color', new BufferAttribute(linear, 3));
  geometry.setIndex(new BufferAttribute(triangles, 1));
  geometry.computeVertexNormals();
  geometry.center();
  geometry.computeBoundingBox();
  return geometry;
}
