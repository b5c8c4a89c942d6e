/** How good the labels are, while they come in. */
import type { Project, Quality } from 'mien-server/contract';
import { useData } from '../../api/use-data.ts';
import { ClassChart, Histogram, IntervalChart, PairChart, SubsetChart } from './quality-charts.tsx';
import { NumberHeads } from '../../components/number-heads.tsx';

const REFRESH_MS = 15_000;
type QuestionQuality = Quality['questions'][number];

export default function QualityTab({ project: { id, settings } }: { readonly project: Project }) {
  const { data, error } = useData<Quality>(`api/projects/${id}/quality`, REFRESH_MS);
  if (!data)
    return (
      <p className={error === undefined ? 'quiet' : 'banner is-error'} role="status">
        {error ?? 'Reading the figures …'}
      </p>
    );
  const { labels, people, questions, pose } = data;
  const left = Math.max(0, labels.wanted - labels.given);
  const hasPose = [pose.yaw, pose.pitch, pose.roll].some((bins) => bins.some(({ count }) => count > 0));
  return (
    <>
      <dl className="facts is-wide quality-facts">
        <Fact title="Labels" value={`${number(labels.given)} of ${number(labels.wanted)}`} />
        <Fact title="An hour" value={number(Math.round(labels.perHour))} />
        <Fact
          title="At this pace"
          value={left === 0 ? 'done' : labels.perHour > 0 ? duration(left / labels.perHour) : '–'}
        />
        <Fact title="More than wanted" value={number(labels.surplus)} />
        <Fact title="People at work" value={number(people.active)} />
        <Fact
          title="People wanted"
          value={people.wanted > 0 ? `${number(people.wanted)} more` : 'none'}
          isPoor={people.wanted > 0}
        />
      </dl>
      {people.wanted > 0 && (
        <p className="note">
          Nobody labels an image twice: without{' '}
          {people.wanted === 1 ? 'one more person' : `${people.wanted} more people`} the project cannot be finished.
        </p>
      )}
      {questions.map((quality) => {
        const question = settings.questions.find(({ key }) => key === quality.key);
        const options = question?.kind === 'choice' ? question.options : [];
        const titleOf = (value: string): string => options.find((option) => option.value === value)?.title ?? value;
        return (
          <section key={quality.key} className="card" aria-labelledby={`quality-${quality.key}`}>
            <header>
              <h2 id={`quality-${quality.key}`} className="card-title">
                {question?.title ?? quality.key}
              </h2>
              <p className="quiet">
                Labels inferred by {quality.method}
                {quality.why === null ? '' : `: ${quality.why}`}
              </p>
            </header>
            <Agreement agreement={quality.agreement} />
            <div className="card-body">
              {quality.classes.length > 0 && <ClassChart classes={quality.classes} titleOf={titleOf} />}
              {Object.keys(quality.subsets).length > 0 && <SubsetChart subsets={quality.subsets} />}
              {quality.pairs.length > 0 && <PairChart pairs={quality.pairs} titleOf={titleOf} />}
              {Object.keys(quality.kappaByOption).length > 0 && (
                <IntervalChart
                  title="Cohen’s κ of the two coders"
                  intervals={quality.kappaByOption}
                  titleOf={titleOf}
                />
              )}
            </div>
          </section>
        );
      })}
      {questions.length === 0 && <p className="lead">There are no labels yet.</p>}
      {hasPose && (
        <section className="card" aria-labelledby="quality-pose">
          <h2 id="quality-pose" className="card-title">
            Pose
          </h2>
          <div className="card-body is-thirds">
            <Histogram title="Yaw: to the side" bins={pose.yaw} />
            <Histogram title="Pitch: up and down" bins={pose.pitch} />
            <Histogram title="Roll: tilted" bins={pose.roll} />
          </div>
        </section>
      )}
      <p className="quiet">As of {new Date(data.at).toLocaleString('en-GB')}.</p>
    </>
  );
}

function Fact({
  title,
  value,
  isPoor = false,
}: {
  readonly title: string;
  readonly value: string;
  readonly isPoor?: boolean;
}) {
  return (
    <div className={isPoor ? 'fact is-poor' : 'fact'}>
      <dt>{title}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function Agreement({ agreement }: Pick<QuestionQuality, 'agreement'>) {
  const rows = Object.entries(agreement);
  if (rows.length === 0) return null;
  return (
    <div className="table-scroll" tabIndex={0} role="region" aria-label="Agreement">
      <table className="table agreement">
        <thead>
          <tr>
            <th scope="col">Agreement</th>
            <NumberHeads names={['Value', '95 %']} />
          </tr>
        </thead>
        <tbody>
          {rows.map(([name, interval]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td className="is-number">{interval ? decimal(interval.value) : 'too few labels'}</td>
              <td className="is-number">{interval ? `${decimal(interval.low)} to ${decimal(interval.high)}` : '–'}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const number = (value: number): string => value.toLocaleString('en-GB');
const decimal = (value: number): string => value.toFixed(3).replace('-', '−');
function duration(hours: number): string {
  if (hours < 1) return `${Math.max(1, Math.round(60 * hours))} min`;
  return hours < 48 ? `${Math.round(hours)} h` : `${Math.round(hours / 24)} days`;
}
