/** The pages of accounts: joining by an invitation, signing in, tokens, people. Runs in the browser as it is. */

const byId = (id) => document.getElementById(id);
/** What one may invite people to. */
const GRANTS = { owner: ['annotator', 'viewer', 'manager', 'owner'], manager: ['annotator', 'viewer'] };
let csrfToken = null;

/** @returns the answer's JSON   @throws {Error} with what the server says */
async function call(method, path, body) {
  const response = await fetch(path, {
    method,
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(csrfToken === null ? {} : { 'x-csrf-token': csrfToken }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer = response.status === 204 ? {} : await response.json();
  if (!response.ok) throw new Error(answer.error.message);
  return answer;
}

/** Sends a form's fields when it is submitted; what goes wrong stands in it. */
function onSubmit(form, send) {
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const wrong = form.querySelector('.wrong');
    const button = form.querySelector('button');
    wrong.textContent = '';
    button.disabled = true;
    try {
      await send(Object.fromEntries(new FormData(form)));
    } catch (error) {
      wrong.textContent = error.message;
    } finally {
      button.disabled = false;
    }
  });
}

function show(section, title) {
  for (const id of ['join', 'sign-in', 'account']) byId(id).hidden = id !== section;
  byId('title').textContent = title;
  document.title = `Mien: ${title}`;
  byId(section).querySelector('input')?.focus();
}

function row(table, cells) {
  const line = byId(table).tBodies[0].insertRow();
  for (const cell of cells) line.insertCell().append(cell);
}

const button = (text, label, onClick) => {
  const made = document.createElement('button');
  made.type = 'button';
  made.textContent = text;
  made.setAttribute('aria-label', label);
  made.addEventListener('click', onClick);
  return made;
};

/** A secret that is shown once. */
function reveal(note, text, secret) {
  const code = document.createElement('code');
  code.className = 'secret';
  code.textContent = secret;
  byId(note).replaceChildren(text, document.createElement('br'), code);
}

async function showTokens() {
  const { tokens } = await call('GET', '/api/auth/tokens');
  byId('tokens').hidden = tokens.length === 0;
  byId('tokens').tBodies[0].replaceChildren();
  for (const { id, name, usedAt } of tokens)
    row('tokens', [
      name,
      usedAt === null ? 'never' : new Date(usedAt).toLocaleString(),
      button('Revoke', `Revoke the token for ${name}`, async () => {
        await call('DELETE', `/api/auth/tokens/${id}`);
        await showTokens();
      }),
    ]);
}

/** Sends a change that a control of a table makes, then shows the table again; what goes wrong stands below it. */
async function change(table, show, send) {
  const wrong = byId(`${table}-wrong`);
  wrong.textContent = '';
  try {
    await send();
  } catch (error) {
    wrong.textContent = error.message;
  }
  await show();
}

/** @param me who looks; owners change the others */
async function showUsers(me, rights) {
  const { users } = await call('GET', '/api/users');
  byId('users').tBodies[0].replaceChildren();
  const again = () => showUsers(me, rights);
  for (const { id, name, role, disabled } of users) {
    if (!rights.includes('users.manage') || id === me.id) {
      row('users', [name, role, disabled ? 'no' : 'yes']);
      continue;
    }
    const path = `/api/users/${id}`;
    const roles = document.createElement('select');
    roles.setAttribute('aria-label', `Role of ${name}`);
    roles.append(...GRANTS.owner.map((one) => new Option(one, one, one === role, one === role)));
    roles.addEventListener('change', () => change('users', again, () => call('PATCH', path, { role: roles.value })));
    const may = document.createElement('input');
    may.type = 'checkbox';
    may.checked = !disabled;
    may.setAttribute('aria-label', `${name} may sign in`);
    may.addEventListener('change', () => change('users', again, () => call('PATCH', path, { disabled: !may.checked })));
    row('users', [name, roles, may]);
  }
}

async function showInvitations() {
  const { invitations } = await call('GET', '/api/invitations');
  byId('invitations').hidden = invitations.length === 0;
  byId('invitations').tBodies[0].replaceChildren();
  for (const { id, role, expiresAt } of invitations)
    row('invitations', [
      role,
      new Date(expiresAt).toLocaleString(),
      button('Withdraw', `Withdraw the invitation of a new ${role}`, () =>
        change('users', showInvitations, async () => {
          await call('DELETE', `/api/invitations/${id}`);
          byId('invite-note').replaceChildren();
        }),
      ),
    ]);
}

async function showAccount({ user, rights }) {
  show('account', 'Your account');
  byId('who').textContent = user.name;
  byId('role').textContent = user.role;
  await showTokens();
  byId('people').hidden = !rights.includes('users.invite');
  if (byId('people').hidden) return;
  byId('invite').elements.role.replaceChildren(...(GRANTS[user.role] ?? []).map((role) => new Option(role)));
  await Promise.all([showUsers(user, rights), showInvitations()]);
}

function open(session) {
  csrfToken = session.csrfToken;
  const invitation = location.hash.slice(1);
  if (location.pathname === '/join' && invitation !== '') show('join', 'Make your account');
  else if (session.user) void showAccount(session);
  else show('sign-in', 'Sign in');
}

/** The secret of the link does not stay in the address. */
async function enter(session) {
  history.replaceState(null, '', '/account');
  csrfToken = session.csrfToken;
  await showAccount(session);
}

onSubmit(byId('join').querySelector('form'), async ({ name, password }) =>
  enter(await call('POST', '/api/auth/join', { invitation: location.hash.slice(1), name, password })),
);
onSubmit(byId('sign-in').querySelector('form'), async (body) => enter(await call('POST', '/api/auth/sign-in', body)));
onSubmit(byId('new-token'), async ({ name }) => {
  const { secret } = await call('POST', '/api/auth/tokens', { name });
  byId('new-token').reset();
  reveal('token-note', 'Copy it now: it is not shown again.', secret);
  await showTokens();
});
onSubmit(byId('invite'), async ({ role }) => {
  const { link } = await call('POST', '/api/invitations', { role });
  reveal('invite-note', `Send this to the new ${role}: it makes one account, and holds for seven days.`, link);
  await showInvitations();
});
onSubmit(byId('password'), async (body) => {
  await call('POST', '/api/auth/password', body);
  byId('password').reset();
  byId('password-note').textContent = 'It is changed. Other places where you were signed in are signed out.';
});
byId('sign-out').addEventListener('click', async () => {
  await call('POST', '/api/auth/sign-out');
  location.assign('/sign-in');
});

open(await call('GET', '/api/auth/session'));
