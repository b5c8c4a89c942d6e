/**
 * The page's script: everything of the library that must run in a browser, and what tests call. Every entry for
 * browsers is named, so that a Node import anywhere in them breaks the bundle.
 */
import * as root from 'mienjs';
import * as autodiff from 'mienjs/autodiff';
import * as browser from 'mienjs/browser';
import * as classifiers from 'mienjs/classifiers';
import * as crowd from 'mienjs/crowd';
import * as data from 'mienjs/data';
import * as explain from 'mienjs/explain';
import * as face from 'mienjs/face';
import * as features from 'mienjs/features';
import * as geometry from 'mienjs/geometry';
import * as image from 'mienjs/image';
import * as labels from 'mienjs/labels';
import * as metrics from 'mienjs/metrics';
import * as nn from 'mienjs/nn';
import * as losses from 'mienjs/nn/losses';
import * as models from 'mienjs/nn/models';
import * as onnx from 'mienjs/onnx';
import * as optim from 'mienjs/optim';
import * as predict from 'mienjs/predict';
import * as recipes from 'mienjs/recipes';
import * as report from 'mienjs/report';
import * as results from 'mienjs/results';
import * as runtime from 'mienjs/runtime';
import * as tensor from 'mienjs/tensor';
import * as step from 'mienjs/train/step';
import { trainSmall } from './train-small.ts';

const library = {
  autodiff,
  browser,
  classifiers,
  crowd,
  data,
  explain,
  face,
  features,
  geometry,
  image,
  labels,
  losses,
  metrics,
  models,
  nn,
  onnx,
  optim,
  predict,
  recipes,
  report,
  results,
  root,
  runtime,
  step,
  tensor,
};
Object.assign(globalThis, { trainSmall, library });
export type Library = typeof library;
