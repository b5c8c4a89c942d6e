/** Estimates of a face's action units, from 0 to 5. */
import type { UnitEstimate } from 'mienjs/animate';
import { ACTION_UNITS } from 'mienjs/synth';
import { capitalized } from '../format.ts';

const MOST = 5;
const nameOf = (unit: number): string => ACTION_UNITS.find((own) => own.unit === unit)?.name ?? '';

export function UnitBars({ units }: { readonly units: readonly UnitEstimate[] }) {
  return (
    <section className="units" aria-labelledby="units-title">
      <h3 id="units-title" className="eyebrow">
        Action units, estimated from the mesh
      </h3>
      <ul className="bars">
        {units.map(({ unit, intensity, present }) => (
          <li key={unit} className={present ? 'bar unit is-top' : 'bar unit'}>
            <span className="unit-number">{unit}</span>
            <span className="bar-name">{capitalized(nameOf(unit))}</span>
            <span className="bar-track" aria-hidden="true">
              <span className="bar-fill" style={{ transform: `scaleX(${intensity / MOST})` }} />
            </span>
            <span className="bar-value">{intensity.toFixed(1)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
