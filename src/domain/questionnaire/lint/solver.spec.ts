import { describe, expect, it } from '@jest/globals';
import fc from '../../../../test/support/properties.js';
import { Circuit } from './circuit.js';
import { Solver, negate, type Lit } from './solver.js';

const VARIABLES = 7;
const lits = fc.nat(2 * VARIABLES - 1);
const clauses = fc.array(fc.array(lits, { minLength: 1, maxLength: 3 }), { maxLength: 40 });
const assumptions = fc.array(lits, { maxLength: 3 });

const assignments = Array.from(
  { length: 2 ** VARIABLES },
  (_, bits) => (lit: number) => ((bits >> (lit >> 1)) & 1) === (lit & 1 ? 0 : 1),
);

describe('the solver', () => {
  it('finds what trying everything finds, and names assumptions that cannot hold together', () => {
    fc.assert(
      fc.property(clauses, fc.array(assumptions, { minLength: 1, maxLength: 4 }), (written, asked) => {
        const solver = new Solver();
        const variables = Array.from({ length: VARIABLES }, () => solver.variable());
        const own = (lit: number): Lit => variables[lit >> 1]! ^ (lit & 1);
        for (const clause of written) solver.add(clause.map(own));
        const models = assignments.filter((holds) => written.every((clause) => clause.some(holds)));
        for (const assumed of asked) {
          const expected = models.some((holds) => assumed.every(holds));
          const found = solver.solve(assumed.map(own));
          expect(found.sat).toBe(expected);
          if (found.sat) {
            const all = [...written, ...assumed.map((lit) => [lit])];
            expect(all.every((clause) => clause.some((lit) => found.holds(own(lit))))).toBe(true);
          } else if (found.sat === false) {
            const core = assumed.filter((lit) => found.core.includes(own(lit)));
            expect(models.some((holds) => core.every(holds))).toBe(false);
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  it('gives up rather than taking for ever', () => {
    const solver = new Solver(3);
    // More pigeons than holes: without counting, every way must be tried.
    const holes = 6;
    const sits = Array.from({ length: holes + 1 }, () => Array.from({ length: holes }, () => solver.variable()));
    for (const pigeon of sits) solver.add(pigeon);
    for (let hole = 0; hole < holes; hole++)
      for (const [at, one] of sits.entries())
        for (const other of sits.slice(at + 1)) solver.add([negate(one[hole]!), negate(other[hole]!)]);
    expect(solver.solve().sat).toBeUndefined();
  });
});

describe('counting', () => {
  it('holds exactly when enough of the literals do', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 6 }), fc.integer({ min: 0, max: 7 }), (values, bound) => {
        const circuit = new Circuit();
        const variables = values.map(() => circuit.variable());
        const enough = circuit.atLeast(variables, bound);
        const set = variables.map((lit, at) => (values[at] ? lit : negate(lit)));
        expect(circuit.solve([...set, enough]).sat).toBe(values.filter(Boolean).length >= bound);
      }),
    );
  });
});
