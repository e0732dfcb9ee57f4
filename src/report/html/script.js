// What the page does beyond being read: filters, the keyboard in the chart, and the reasons of a cell. It holds no data: what
// cells answer stands beside it as JSON, and reasons and lines are copied from the page; texts stay texts.
'use strict';
(() => {
  const id = (name) => document.getElementById(name);
  const decoded = (text) => { try { return decodeURIComponent(text); } catch { return ''; } };
  const grid = id('grid');
  const bodies = [...grid.tBodies];
  const rows = bodies.flatMap((body) => [...body.rows]);
  const hosts = [...grid.tHead.rows[0].cells].slice(2);
  const FIRST = 2; // The guest and where it is stand before the cells.
  const guestOf = (row) => row.cells[0].firstChild.data;
  const offOf = (row) => row.cells[0].querySelector('small')?.textContent.trim();
  const answers = new Map();
  let data = null;

  // The answer of a cell; null where the guest is there. Most pages are read without one: the data waits for the first.
  function answer(cell) {
    const number = cell.dataset.a;
    if (number === undefined) return null;
    if (!answers.has(number)) {
      data ??= JSON.parse(id('answers').textContent);
      const [word, ...said] = data.answers[number];
      const [letter, verdict, modes, after] = data.words[word];
      // Behind each reason stand the lines that caused it.
      const because = said.map(([reason, ...lines]) => ({ reason: `r${reason}`, lines: lines.map((line) => `e${line}`) }));
      const rules = new Set(because.map((one) => id(one.reason).querySelector('code').textContent));
      answers.set(number, { letter, verdict, modes, after, because, rules });
    }
    return answers.get(number);
  }

  // ---- filters
  const wanted = { guest: id('f-guest'), host: id('f-host'), verdict: id('f-verdict'), rule: id('f-rule') };

  function apply() {
    const guest = wanted.guest.value.trim().toLowerCase();
    const host = wanted.host.value.trim().toLowerCase();
    const [verdict, rule] = [wanted.verdict.value, wanted.rule.value];
    const shown = hosts.map((head) => head.dataset.h.toLowerCase().includes(host));
    const asked = verdict || rule;
    const fits = (cell) => {
      const said = answer(cell);
      return said !== null && (!verdict || said.letter === verdict) && (!rule || said.rules.has(rule));
    };
    hosts.forEach((head, at) => { head.hidden = !shown[at]; });
    for (const row of rows) {
      let any = false;
      shown.forEach((show, at) => {
        const cell = row.cells[at + FIRST];
        const fit = !asked || fits(cell);
        cell.hidden = !show;
        cell.classList.toggle('off', !fit);
        any = any || (show && fit);
      });
      row.hidden = !(any && (row.dataset.g || guestOf(row)).toLowerCase().includes(guest));
    }
    // What is not in view is not drawn: its height is told.
    for (const body of bodies) {
      const count = [...body.rows].filter((row) => !row.hidden).length;
      body.hidden = count === 0;
      body.style.setProperty('--rows', count);
    }
    tell();
  }

  // How many guests are shown.
  function tell() {
    const sum = (lines) => lines.reduce((count, row) => count + Number(row.dataset.n), 0);
    const [count, all] = [sum(visible()), sum(rows)];
    id('f-count').textContent = count === all ? `${all} guests` : `${count} of ${all} guests`;
    keepOneStop();
  }

  const filters = id('filters');
  filters.hidden = false;
  filters.addEventListener('input', apply);
  filters.addEventListener('reset', () => setTimeout(apply));
  filters.addEventListener('submit', (event) => event.preventDefault());

  // ---- one stop for the Tab key in the chart, arrow keys within it
  let stop = null;
  const visible = () => rows.filter((row) => !row.hidden);
  const cellsOf = (row) => [...row.cells].slice(FIRST).filter((cell) => !cell.hidden);

  function keepOneStop(next) {
    const rests = stop && !stop.hidden && !stop.parentElement.hidden;
    const first = () => cellsOf(visible()[0] ?? rows[0])[0];
    if (stop) stop.tabIndex = -1;
    stop = next || (rests ? stop : first()) || null;
    if (stop) stop.tabIndex = 0;
  }

  function go(cell) {
    keepOneStop(cell);
    name(cell);
    cell.focus();
  }

  // What a screen reader says of a cell.
  function name(cell) {
    const said = answer(cell);
    const words = said ? `${said.verdict}, ${said.because.length} ${said.because.length === 1 ? 'reason' : 'reasons'}` : 'is there';
    const off = offOf(cell.parentElement);
    cell.setAttribute('aria-label', `${guestOf(cell.parentElement)}${off ? ` (${off})` : ''} to ${hosts[cell.cellIndex - FIRST].textContent}: ${words}`);
  }

  const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], PageUp: [-10, 0], PageDown: [10, 0], Home: [0, -1e6], End: [0, 1e6] };

  grid.addEventListener('keydown', (event) => {
    const cell = event.target.closest('tbody td');
    const step = STEPS[event.key];
    if (!cell || event.altKey || event.metaKey) return;
    if (event.key === 'Enter' || event.key === ' ') { event.preventDefault(); open(cell); }
    if (!step) return;
    event.preventDefault();
    const lines = visible();
    const within = (at, length) => Math.max(0, Math.min(length - 1, at));
    const all = event.ctrlKey ? 1e6 : 1;
    const line = lines[within(lines.indexOf(cell.parentElement) + (event.ctrlKey && step[1] ? Math.sign(step[1]) * 1e6 : step[0] * all), lines.length)];
    const cells = cellsOf(line);
    go(cells[within(cellsOf(cell.parentElement).indexOf(cell) + step[1], cells.length)]);
  });
  grid.addEventListener('focusin', (event) => {
    const cell = event.target.closest('tbody td');
    if (cell) { keepOneStop(cell); name(cell); }
  });

  // ---- what opens over the page
  const dialog = id('why');

  function show(title, content, from) {
    id('why-title').textContent = title;
    id('why-body').replaceChildren(...content);
    // What has the focus now has it again once it is closed: at once, before another key comes.
    from.focus({ preventScroll: true });
    dialog.showModal();
    // Arrows and Page Down scroll what is read.
    id('why-body').focus({ preventScroll: true });
    dialog.scrollTop = 0;
  }

  dialog.addEventListener('click', (event) => { if (event.target === dialog) dialog.close(); });
  // Where all of it is in view nothing scrolls: else the page behind would.
  dialog.addEventListener('keydown', (event) => {
    const scrolls = ['ArrowUp', 'ArrowDown', 'PageUp', 'PageDown', 'Home', 'End', ' '].includes(event.key);
    if (scrolls && dialog.scrollHeight <= dialog.clientHeight && !event.target.closest('a, button')) event.preventDefault();
  });
  // A link in it leads on, and away from it.
  id('why-body').addEventListener('click', (event) => {
    if (!event.target.closest('a') || leadsElsewhere(event)) return;
    dialog.close();
    setTimeout(unfold);
  });
  // Into another tab, or another window.
  const leadsElsewhere = (event) => event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;

  const made = (tag, text, kind) => {
    const one = document.createElement(tag);
    one.textContent = text;
    if (kind) one.className = kind;
    return one;
  };
  const copyOf = (name, into) => {
    for (const node of id(name).childNodes) into.append(node.cloneNode(true));
    return into;
  };

  // The first of those that stand together: of it reasons are said.
  const first = (shown, all) => (all ? shown.replace(/ and \d+ more$/, '') : shown);
  const quoted = (name) => (/^[\w@%+=:,./-]+$/.test(name) ? name : `'${name.replaceAll("'", "'\\''")}'`);
  const code = (text) => made('code', text);

  // ---- the reasons of a cell
  // What becomes of it once the guest is rewritten for the host, as it was found before: nothing is concluded here.
  function afterwards(after, guest, host) {
    const command = code(`portolan rewrite INVENTORY --guest ${quoted(guest)} --to ${quoted(host)}`);
    if (after === 'starts') return [`What bars a cold start goes away by rewriting: once its domain XML is rewritten for ${host}, ${guest} could be started there (cold). `, command, ' writes it, or says which edits a person must look at first.'];
    if (after === 'refused') return [`It cannot be rewritten for ${host}: `, command, ' says why.'];
    const still = after.cold ?? after.rebuild;
    if (!still) return [];
    const could = after.cold ? 'be started there (cold)' : 'be rebuilt for it';
    const rules = (what, all) => (all.length ? [what, ...all.flatMap((rule, at) => (at ? [', ', code(rule)] : [code(rule)])), '.'] : []);
    return [`With its domain XML rewritten for ${host}, `, still.objects.length ? `it still could not ${could}.` : `it is still not known whether it could ${could}.`,
      ...rules(' What does not go away: ', still.objects), ...rules(' What is not known: ', still.unknown)];
  }

  // What verdicts do not count: the room that there is, as its table has it, and the way back.
  function beside(letter, guest, host, alone) {
    if (letter === 'i' || !alone) return [];
    const row = [...document.querySelectorAll('#hosts tbody tr')].find((one) => one.cells[0].textContent === host);
    const told = row ? [...row.cells[1].querySelectorAll('.bar')].map((bar) => bar.textContent).join('; ') : '';
    const link = made('a', 'Room');
    link.href = row ? `#${row.id}` : '#capacity';
    const back = letter === 'l' ? [' The way back: ', code(`portolan explain INVENTORY ${quoted(guest)} ${quoted(host)}`), '.'] : [];
    return [...(told ? ['Verdicts do not count room. Memory on ', `${host}: ${told} (`, link, ').'] : []), ...back];
  }

  // A reason may stand in the list more than once: for one guest it goes away by rewriting, for another not.
  const saying = (reason) => {
    const rule = id(reason).querySelector('code');
    return `${rule.textContent} ${rule.nextSibling.data}`;
  };
  const isOne = (asked) => (one) => one.reason === asked || saying(one.reason) === saying(asked);

  // They come the worst first. Where a guest cannot go, what stays bars the way more than what rewriting takes away.
  function inOrder({ because, letter }, asked) {
    const severity = ({ reason }) => id(reason).querySelector('b').className;
    const severities = [...new Set(because.map(severity))];
    const mends = ({ reason }) => letter === 'i' && id(reason).classList.contains('mends');
    const rank = (one) => (one === asked ? -1 : 2 * severities.indexOf(severity(one)) + Number(mends(one)));
    return [...because].sort((one, other) => rank(one) - rank(other));
  }

  function reasonOf(one, asked) {
    const reason = copyOf(one.reason, document.createElement('li'));
    // Behind the reason stand lines of all of whom it is said: where the cell has lines, these are its own.
    const links = [...reason.querySelectorAll(':scope > a, :scope > a ~ span')];
    const own = one.lines.length ? one.lines : links.filter((link) => link.hash).map((link) => link.hash.slice(1));
    const lines = document.createElement('ul');
    for (const line of own) lines.append(copyOf(line, document.createElement('li')));
    links.forEach((link) => link.remove());
    if (lines.children.length) reason.append(lines);
    if (one === asked) {
      reason.className = 'asked';
      reason.prepend(made('small', 'The reason that you followed'));
    }
    return reason;
  }

  // Where the chart has a row and a column for them.
  function cellOf(guest, host) {
    const row = rows.find((one) => guestOf(one) === guest);
    const column = hosts.findIndex((head) => head.dataset.h === host);
    return row && column >= 0 ? row.cells[column + FIRST] : null;
  }

  // What is open has an address, to send or to come back to; going back closes it.
  const WHY = '#why=';
  const address = (guest, host) => WHY + [guest, host].map(encodeURIComponent).join('/');
  function cellAt(hash) {
    if (!hash.startsWith(WHY)) return null;
    const [guest, host] = hash.slice(WHY.length).split('/').map(decoded);
    return cellOf(guest, host);
  }
  addEventListener('popstate', () => {
    const cell = cellAt(location.hash);
    if (dialog.open) dialog.close();
    if (cell) open(cell);
  });
  // All of it is done at once, for another key may come before the browser would have gone back by itself.
  dialog.addEventListener('close', () => {
    if (!dialog.open && location.hash.startsWith(WHY)) history.replaceState(history.state, '', '#chart');
  });

  // Whoever followed a reason here finds it first.
  function open(cell, from = cell, followed = null) {
    const said = answer(cell);
    const row = cell.parentElement;
    if (!said) {
      // Where a guest is it has no verdict: its own section tells of it.
      const own = [...document.querySelectorAll('#each > details')].find((one) => one.dataset.g === guestOf(row));
      if (own) location.hash = own.id;
      return;
    }
    const host = hosts[cell.cellIndex - FIRST];
    const off = offOf(row);
    const live = said.letter === 'l' ? ': live is what it could do if it ran; it moves cold' : '';
    const content = [made('p', said.modes + (off === 'off' ? `. It is off${live}.` : ''))];
    const after = document.createElement('p');
    after.id = 'why-after';
    after.append(...afterwards(said.after, first(guestOf(row), row.dataset.g), first(host.textContent, host.dataset.h.includes(', '))));
    if (after.childNodes.length) content.push(after);
    const alone = !row.dataset.g && !host.dataset.h.includes(', ');
    const more = made('p', '', 'faint');
    more.append(...beside(said.letter, guestOf(row), host.dataset.h, alone));
    if (more.childNodes.length) content.push(more);
    for (const [what, all] of [['Guests', row.dataset.g], ['Hosts', host.dataset.h.includes(',') ? host.dataset.h : '']]) {
      if (all) content.push(made('p', `${what}: ${all}`, 'faint'));
    }
    if (!said.because.length) content.push(made('p', 'No rule objects, and nothing that a rule needs is unknown.'));
    const asked = followed && said.because.find(isOne(followed));
    const list = document.createElement('ul');
    list.append(...inOrder(said, asked).map((one) => reasonOf(one, asked)));
    show(`${guestOf(row)} to ${host.textContent}: ${said.verdict}`, [...content, list], from);
    const own = address(guestOf(row), host.dataset.h);
    // One entry is enough for all that is opened one after the other.
    if (location.hash !== own) history[history.state?.opens ? 'replaceState' : 'pushState']({ opens: true }, '', own);
  }

  grid.addEventListener('click', (event) => {
    const cell = event.target.closest('tbody td');
    if (!cell || cell.cellIndex < FIRST) return;
    go(cell);
    open(cell);
  });
  // A link to a cell opens its reasons where it is; without a cell it leads on.
  document.addEventListener('click', (event) => {
    const link = event.target.closest('a.cell');
    if (!link || leadsElsewhere(event)) return;
    const guest = link.dataset.g ?? link.closest('details[data-g]').dataset.g;
    const cell = cellOf(guest, link.dataset.to);
    if (!cell) return;
    event.preventDefault();
    const followed = link.hash.slice(1);
    open(cell, link, /^r\d+$/.test(followed) ? followed : null);
  });

  // ---- a link to a quoted line shows the line where the link is; the list of lines is for those who want to go there
  document.addEventListener('click', (event) => {
    const link = event.target.closest('a[href^="#e"]');
    const line = link?.hash.slice(1);
    if (!/^e\d+$/.test(line ?? '') || link.closest('#reasons, #why') || leadsElsewhere(event)) return;
    event.preventDefault();
    const list = document.createElement('ul');
    list.append(copyOf(line, document.createElement('li')));
    const on = made('a', 'Where it stands among the lines of documents');
    on.href = link.hash;
    const more = document.createElement('p');
    more.append(on);
    show(`${link.textContent.trim()}: where it is written`, [list, more], link);
  });

  // ---- guests
  const finder = id('finder');
  if (finder) {
    const each = [...id('each').children];
    finder.hidden = false;
    id('find').addEventListener('input', () => {
      const part = id('find').value.trim().toLowerCase();
      each.forEach((one) => { one.hidden = !one.dataset.g.toLowerCase().includes(part); });
      id('find-count').textContent = `${each.filter((one) => !one.hidden).length} of ${each.length} guests`;
    });
    finder.addEventListener('submit', (event) => event.preventDefault());
    id('open-all').addEventListener('click', () => {
      const open = each.some((one) => !one.hidden && !one.open);
      each.forEach((one) => { if (!one.hidden) one.open = open; });
      id('open-all').textContent = open ? 'Close all' : 'Open all';
    });
  }

  // ---- a link into what is folded unfolds it; what is printed is not folded, but for the long lists
  function unfold() {
    const at = location.hash && id(decoded(location.hash.slice(1)));
    for (let one = at; one; one = one.parentElement) if (one.tagName === 'DETAILS') one.open = true;
    if (!at) return;
    at.scrollIntoView();
    // The keys go on from there.
    at.tabIndex = -1;
    at.focus({ preventScroll: true });
  }
  addEventListener('hashchange', unfold);
  addEventListener('beforeprint', () => {
    document.querySelectorAll('#plan details, #each > details').forEach((one) => { one.open = true; });
  });

  // Cells have the focus: the frame is no stop of its own. Where all hosts are in view it is no frame either.
  const frame = document.querySelector('#chart .scroll');
  frame.removeAttribute('tabindex');
  const fit = () => {
    frame.classList.remove('fits');
    frame.classList.toggle('fits', frame.scrollWidth <= frame.clientWidth);
  };
  fit();
  addEventListener('resize', fit);

  // A number of guests leads to the cells that it counts.
  document.addEventListener('click', (event) => {
    const link = event.target.closest('a.asked');
    if (!link || leadsElsewhere(event)) return;
    wanted.guest.value = wanted.rule.value = '';
    wanted.host.value = link.dataset.to;
    wanted.verdict.value = link.dataset.v;
    apply();
  });

  // A narrow window shows a part of the picture only.
  if (matchMedia('(max-width: 40rem)').matches) document.querySelector('#graph > details').open = true;

  // A browser that goes back to the page fills in what was chosen.
  if (Object.values(wanted).some((one) => one.value)) apply(); else tell();
  unfold();
  const linked = cellAt(location.hash);
  if (linked) { go(linked); open(linked); }
})();
