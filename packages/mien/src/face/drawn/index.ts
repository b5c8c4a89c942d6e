export * from './draw-subject.ts';
export * from './read-subjects.ts';
export * from './sample-scene.ts';
export * from './subject.ts';
