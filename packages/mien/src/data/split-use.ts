/**
 * What a split is wanted for. Some datasets choose images or targets by it
 * (FER+ trains on distributions and reports accuracy on the images with a majority).
 */
export type SplitUse = 'train' | 'evaluate';
