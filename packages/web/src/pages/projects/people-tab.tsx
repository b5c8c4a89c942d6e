/** Who labels: inviting, adding, excluding, and how each is doing. */
import type { Member, Project } from 'mien-server/contract';
import { useState } from 'react';
import { useAction, useData } from '../../api/use-data.ts';
import { count, percent } from '../../format.ts';
import { call } from '../../state/account.ts';
import { AddPeople } from './add-people.tsx';
import { Confirm } from '../../components/confirm.tsx';
import { Check } from './question-editor.tsx';
import { ErrorNote } from '../../components/error-note.tsx';
import { NumberHeads } from '../../components/number-heads.tsx';

const STATES: Readonly<Record<Member['state'], string>> = {
  new: 'invited',
  tutorial: 'in the tutorial',
  test: 'in the test',
  active: 'at work',
  failed: 'failed the test',
  left: 'left',
  excluded: 'excluded',
};
const FLAGS: Readonly<Record<Member['flags'][number], readonly [string, string]>> = {
  fast: ['fast', 'Answers faster than one can look'],
  constant: ['constant', 'Gives one answer almost always'],
  contrary: ['contrary', 'Agrees with others less than chance would'],
  random: ['random', 'Agrees with others no more than chance would'],
  gold: ['silent tests', 'Often wrong where the answer is known'],
};
const REFRESH_MS = 15_000;

export function PeopleTab({ project: { id, settings } }: { readonly project: Project }) {
  const path = `api/projects/${id}/members`;
  const { data, error, reload } = useData<{ members: readonly Member[] }>(path, REFRESH_MS);
  const action = useAction();
  const members = data?.members ?? [];
  const change = (member: string, own: object): void =>
    action.run(async () => {
      await call('PATCH', `${path}/${member}`, own);
      reload();
    });
  return (
    <>
      <div className="actions-row">
        <AddPeople path={path} members={members} onAdded={reload} />
        <Invite isOpen={settings.openTo === 'annotators'} />
      </div>
      {(action.error ?? error) !== undefined && (
        <p className="banner is-error" role="alert">
          {action.error ?? error}
        </p>
      )}
      {data && members.length === 0 && <p className="lead">Nobody is here yet.</p>}
      {members.length > 0 && (
        <div className="table-scroll" tabIndex={0} role="region" aria-label="People">
          <table className="table people-table">
            <thead>
              <tr>
                <th scope="col">Who</th>
                <th scope="col">Role</th>
                <th scope="col">State</th>
                <NumberHeads
                  names={['Labels', 'Skipped', 'Seconds each', 'At work', 'Silent tests', 'Reliability', 'κ']}
                />
                <th scope="col">Noticed</th>
                <th scope="col">
                  <span className="visually-hidden">Actions</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {members.map((member) => (
                <tr key={member.id}>
                  <th scope="row">{member.user?.name ?? <span className="quiet">erased</span>}</th>
                  <td>
                    <select
                      className="select is-inline"
                      aria-label={`Role of ${member.user?.name ?? member.id}`}
                      value={member.role}
                      onChange={(event) => change(member.id, { role: event.target.value })}
                    >
                      <option value="annotator">annotator</option>
                      <option value="arbiter">arbiter</option>
                      <option value="manager">manager</option>
                    </select>
                  </td>
                  <td>
                    {STATES[member.state]}
                    {member.testShare !== null && <span className="quiet"> ({percent(member.testShare)})</span>}
                  </td>
                  <td className="is-number">
                    {member.done} of {member.planned}
                    {member.surplus > 0 && <span className="quiet"> +{member.surplus}</span>}
                  </td>
                  <td className="is-number">{member.skipped}</td>
                  <td className="is-number">{decimal(member.medianSeconds, 1)}</td>
                  <td className="is-number">{hours(member.activeSeconds)}</td>
                  <td className="is-number">
                    {member.gold.seen > 0 ? `${member.gold.right} of ${member.gold.seen}` : '–'}
                  </td>
                  <td className="is-number">{decimal(member.reliability, 2)}</td>
                  <td className="is-number">{decimal(member.kappa, 2)}</td>
                  <td>
                    {member.flags.map((flag) => (
                      <span key={flag} className="badge is-uncertain" title={FLAGS[flag][1]}>
                        {FLAGS[flag][0]}
                      </span>
                    ))}
                  </td>
                  <td>
                    {member.state === 'excluded' || member.state === 'left' || member.state === 'failed' ? (
                      <button
                        type="button"
                        className="button is-plain"
                        onClick={() => change(member.id, { state: 'active' })}
                      >
                        Take back
                      </button>
                    ) : (
                      <Exclude member={member} onExclude={(own) => change(member.id, own)} />
                    )}
                    {member.user && (
                      <Confirm
                        trigger="Forget"
                        title={`Forget ${member.user.name}?`}
                        action="Forget"
                        onConfirm={() =>
                          action.run(async () => {
                            await call('DELETE', `${path}/${member.id}`);
                            reload();
                          })
                        }
                      >
                        <p>
                          Nothing in the project says any more who it was.{' '}
                          {settings.onErase === 'keep'
                            ? 'The labels stay, under a random name.'
                            : 'The labels no longer count, and are asked for again.'}
                        </p>
                      </Confirm>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  );
}

function Exclude({ member, onExclude }: { readonly member: Member; readonly onExclude: (change: object) => void }) {
  const [returnWork, setReturnWork] = useState(false);
  const name = member.user?.name ?? 'this person';
  return (
    <Confirm
      trigger="Exclude"
      title={`Exclude ${name}?`}
      action="Exclude"
      onConfirm={() => onExclude({ state: 'excluded', returnWork })}
    >
      <p>They get no more images, and what was planned for them goes to others.</p>
      <Check
        label={`Their ${count(member.done, 'label')} no longer count, and are asked for again`}
        isOn={returnWork}
        onChange={setReturnWork}
      />
    </Confirm>
  );
}

/** A link that makes an account; whoever has one is added to the project, or joins it. */
function Invite({ isOpen }: { readonly isOpen: boolean }) {
  const [link, setLink] = useState<string>();
  const { isBusy, error, run } = useAction();
  return (
    <>
      <button
        type="button"
        className="button"
        disabled={isBusy}
        onClick={() =>
          run(async () => {
            const made = await call<{ link: string }>('POST', 'api/invitations', { role: 'annotator' });
            setLink(made.link);
          })
        }
      >
        Make an invitation
      </button>
      {link !== undefined && (
        <p className="note invitation" role="status">
          Send this to one person. It makes one account, and holds for seven days; then{' '}
          {isOpen ? 'they can join this project' : 'add them to this project'}.<code>{link}</code>
          {/* Not on addresses without a certificate: there the link is selected by a click */}
          {isSecureContext && (
            <button type="button" className="link" onClick={() => void navigator.clipboard.writeText(link)}>
              Copy
            </button>
          )}
        </p>
      )}
      <ErrorNote message={error} />
    </>
  );
}

const decimal = (value: number | null, digits: number): string =>
  value === null ? '–' : value.toFixed(digits).replace('-', '−');
const hours = (seconds: number): string =>
  seconds < 3600 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
