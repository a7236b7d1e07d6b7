export { seededRandom, seedNumber, shuffled } from '../records/seeded';
