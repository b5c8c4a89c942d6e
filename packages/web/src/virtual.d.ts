declare module 'virtual:model-cards' {
  const cards: readonly import('./pages/models/card.ts').ModelCard[];
  export default cards;
}
declare module '*.svg?url' {
  const address: string;
  export default address;
}
