/** Made by `npm run study:action-units -- ferplus=FOLDER --write`. */
export const BASIS = '';
