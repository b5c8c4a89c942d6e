export { evaluateGraph } from './evaluate.ts';
