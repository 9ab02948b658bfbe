import { v5 as uuidv5 } from 'uuid';

/** So that a file applied again finds the rows it made. */
const NAMESPACE = '0f1d0f1d-0000-4000-8000-000000000002';
/** The id of what a settings file names. */
export const idOf = (name: string): string => uuidv5(name, NAMESPACE);
