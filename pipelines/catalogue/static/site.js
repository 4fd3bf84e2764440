/* What pages do beyond being read: copying a command, choosing an edition, and the preview of a table, which reads the
   published Parquet file in the browser. Without this script every page still has its first rows and its pictures. */
(() => {
  'use strict';
  const PAGE = 25, WHOLE = 262144, UNRANGED = 30e6, EVERY_COLUMN = 20000, TAIL = 131072;

  const make = (tag, facts = {}, ...inside) => {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(facts)) {
      if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
      else if (name in node && name !== 'list') node[name] = value;
      else node.setAttribute(name, value);
    }
    node.append(...inside);
    return node;
  };
  const fill = (text, facts) => text.replace(/\{(\w)\}/g, (_, name) => facts[name]);
  const folded = text => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

  /* Somebody who comes from a row writes about that row: its address goes into the message, and nowhere else. */
  const notice = document.querySelector('.report-row');
  if (notice && /^#https?%3A/.test(location.hash)) {
    const row = decodeURIComponent(location.hash.slice(1));
    if (row.startsWith(location.origin)) {
      notice.hidden = false;
      notice.querySelector('code').textContent = row;
      for (const mail of document.querySelectorAll('a[href^="mailto:"]')) mail.href += `&body=${encodeURIComponent(`${row}\n\n`)}`;
    }
  }

  for (const button of document.querySelectorAll('.copy')) {
    button.addEventListener('click', async () => {
      const code = button.parentElement.querySelector('code');
      try {
        await navigator.clipboard.writeText(code.textContent);
      } catch {
        const range = document.createRange();
        range.selectNodeContents(code);
        getSelection().removeAllRanges();
        getSelection().addRange(range);
        return;
      }
      const words = button.textContent;
      button.textContent = button.dataset.copied;
      setTimeout(() => { button.textContent = words; }, 2000);
    });
  }

  for (const series of document.querySelectorAll('.series')) {
    const members = [...series.querySelectorAll('.member')];
    if (members.length < 2) continue;
    const output = make('output', { className: 'tag' });
    const slider = make('input', { type: 'range', min: 0, max: members.length - 1, value: members.length - 1, 'aria-label': series.dataset.choose });
    const show = () => {
      members.forEach((member, place) => { member.hidden = place !== Number(slider.value); });
      const label = members[slider.value].dataset.label;
      output.textContent = label;
      slider.setAttribute('aria-valuetext', label);
    };
    const step = by => () => { slider.value = Number(slider.value) + by; show(); };
    slider.addEventListener('input', show);
    const chooser = make('div', { className: 'chooser' },
      make('button', { type: 'button', onclick: step(-1), textContent: '‹', 'aria-label': series.dataset.previous }),
      slider, output,
      make('button', { type: 'button', onclick: step(1), textContent: '›', 'aria-label': series.dataset.next }));
    members[0].before(chooser);
    const wanted = members.findIndex(member => location.hash && member.querySelector(location.hash.replace(/[^#\w-]/g, '')));
    if (wanted >= 0) slider.value = wanted;
    show();
  }

  /* A map by pointer, by touch and by keyboard: a list of its places, each with its number. */
  for (const figure of document.querySelectorAll('.picture')) {
    const places = [...figure.querySelectorAll('.land[data-code]')];
    if (!places.length) continue;
    const titles = new Map(places.map(place => [place.dataset.code, place.querySelector('title').textContent]));
    const answer = make('p', { className: 'found', role: 'status' });
    const choice = make('select', {}, make('option', { value: '', textContent: '–' }),
      ...[...titles].sort(([, a], [, b]) => a.localeCompare(b, document.documentElement.lang)).map(([code, words]) => make('option', { value: code, textContent: words })));
    const show = code => {
      for (const place of places) place.classList.toggle('chosen', place.dataset.code === code);
      answer.textContent = titles.get(code) ?? '';
    };
    choice.addEventListener('change', () => show(choice.value));
    for (const place of places) {
      place.addEventListener('pointerenter', () => show(place.dataset.code));
      place.addEventListener('pointerleave', () => show(choice.value));
      place.addEventListener('click', () => { choice.value = place.dataset.code; show(choice.value); });
    }
    (figure.querySelector('.on-narrow') ?? figure.querySelector('.scroll')).after(make('label', { className: 'place' }, `${figure.dataset.place} `, choice), answer);
  }

  /* A file on the host, read in pieces; a host without Range requests sends it whole, once. */
  const remote = (url, length) => {
    const kept = [];
    let whole = null;
    const slice = async (start, end = length) => {
      if (start < 0) start += length;
      if (whole) return (await whole).slice(start, end);
      const answer = await fetch(url, { headers: { Range: `bytes=${start}-${end - 1}` } });
      if (answer.status === 206) return answer.arrayBuffer();
      if (!answer.ok) throw new Error(`${answer.status} ${url}`);
      if (length > UNRANGED) { await answer.body.cancel(); throw new Error('too large without Range'); }
      whole = answer.arrayBuffer();
      return (await whole).slice(start, end);
    };
    return {
      byteLength: length,
      slice(start, end) {
        if (length <= WHOLE && !whole) whole = slice(0, length);
        if (whole) return whole.then(bytes => bytes.slice(start < 0 ? start + length : start, end ?? length));
        const [first, last] = [start < 0 ? start + length : start, end ?? length];
        const around = kept.find(piece => piece.first <= first && last <= piece.last);
        if (around) return around.bytes.then(bytes => bytes.slice(first - around.first, last - around.first));
        kept.push({ first, last, bytes: slice(first, last) });
        return kept.at(-1).bytes;
      },
    };
  };

  /* A Parquet file: its rows by range, one of its columns whole, and its groups of rows. */
  const parquet = ({ url, bytes }) => {
    const file = remote(url, bytes), columns = new Map(), tail = Math.min(TAIL, bytes);
    let asked = null;
    file.slice(bytes - tail, bytes).catch(() => {}); // asked for while the reader itself loads; an error is seen by who opens it
    const opened = () => asked ??= Parquet.metadata(file, { initialFetchSize: tail });
    return {
      async rows(rowStart, rowEnd, names) {
        return Parquet.rows({ file, metadata: await opened(), rowStart, rowEnd, columns: names, useOffsetIndex: rowEnd - rowStart < 5000 });
      },
      async column(name) {
        if (!columns.has(name)) columns.set(name, opened().then(metadata => Parquet.column({ file, metadata, columns: [name] })));
        return columns.get(name);
      },
      async groups() {
        let start = 0;
        return (await opened()).row_groups.map(group => {
          const found = { start, end: start + Number(group.num_rows), statistics: {} };
          for (const { meta_data: chunk } of group.columns) found.statistics[chunk.path_in_schema[0]] = chunk.statistics;
          start = found.end;
          return found;
        });
      },
    };
  };

  const preview = section => {
    const data = JSON.parse(section.querySelector('.preview-data').textContent);
    const words = JSON.parse(section.querySelector('.preview-words').textContent);
    const number = new Intl.NumberFormat(data.language);
    const [controls, status, body, pager, sheet] = ['.controls', '.status', 'tbody', '.pager', '.row-sheet'].map(name => section.querySelector(name));
    // A row that is closed gives the focus back to the rows.
    const close = () => { sheet.hidden = true; history.replaceState(null, '', location.pathname + location.search); section.querySelector('.grid').focus(); };
    sheet.addEventListener('keydown', event => { if (event.key === 'Escape') close(); });
    const heads = [...section.querySelectorAll('thead th[data-field]')];
    const titled = name => data.fields.find(field => field.name === name).title || name;
    const named = head => [make('span', { textContent: titled(head.dataset.field) }), make('code', { textContent: head.dataset.field })];
    const files = new Map();
    const state = { version: data.versions[0], start: 0, sort: null, down: false, column: '', wanted: '', exact: new Map(), finding: null, codes: false, order: null, turn: 0 };

    const text = (value, field) => {
      if (value === null || value === undefined) return null;
      if (value instanceof Date) return field.type === 'date' ? value.toISOString().slice(0, 10) : value.toISOString().replace('.000Z', 'Z');
      if (typeof value === 'number' && Number.isInteger(field.scale)) return value.toFixed(field.scale);
      return String(value);
    };
    // What a reader sees of a value: the label of a code, unless codes are asked for.
    const shown = (value, field) => state.codes ? value : field.labels[value] ?? value;
    const fieldOf = name => data.fields.find(field => field.name === name);
    const isFiltered = () => Boolean(state.wanted || state.exact.size || state.finding);
    const looked = () => state.column ? [state.column] : data.fields.map(field => field.name);
    const file = (version, kind) => {
      const name = `${version.number}/${kind}`;
      if (!files.has(name)) files.set(name, parquet(version[kind]));
      return files.get(name);
    };
    const table = () => file(state.version, 'rows');
    const count = () => state.version.rows.count;
    const escaped = value => value.replace(/\\/g, '\\\\').replace(/\|/g, '\\|');
    const keyOf = row => data.key.map(name => escaped(row[name] ?? '')).join(' | ');
    const worded = row => Object.fromEntries(data.fields.map(field => [field.name, text(row[field.name], field)]));

    /* Which rows are shown, in which order; null stands for all of them in the file's order. */
    const arrange = async () => {
      if (!isFiltered() && !state.sort) return null;
      const found = folded(state.wanted);
      let order = Array.from({ length: count() }, (_, place) => place);
      for (const [name, value] of state.exact) {
        const values = await table().column(name), field = fieldOf(name);
        order = order.filter(place => (text(values[place], field) ?? '') === value);
      }
      if (state.finding) {
        const keys = await keysOf(state.finding), key = await keyAt();
        order = order.filter(place => keys.has(key(place)));
      }
      if (found) {
        const columns = await Promise.all(looked().map(async name => [await table().column(name), fieldOf(name), new Set(codesOf(fieldOf(name), found))]));
        order = order.filter(place => columns.some(([values, field, codes]) => {
          const value = text(values[place], field) ?? '';
          return codes.has(value) || folded(value).includes(found);
        }));
      }
      if (state.sort) {
        const values = await table().column(state.sort), sign = state.down ? -1 : 1;
        const compare = new Intl.Collator(data.language, { numeric: true }).compare;
        order.sort((one, other) => {
          const a = values[one], b = values[other];
          if (a == null || b == null) return (a == null) - (b == null) || one - other;
          return sign * (typeof a === 'string' ? compare(a, b) : a < b ? -1 : a > b ? 1 : 0) || one - other;
        });
      }
      return order;
    };
    /* The codes of a field whose label contains a text: a reader looks for what is shown. */
    const codesOf = (field, found) => Object.keys(field.labels).filter(code => folded(field.labels[code]).includes(found));
    /* The keys of the rows that a rule concluded something of; `result` alone, if one is asked for. */
    const keysOf = async ({ rule, result }) => {
      const rows = await file(state.version, 'findings').rows(0, state.version.findings.count);
      return new Set(rows.filter(row => row.table === data.table && row.regle === rule && row.cle && (!result || row.resultat === result)).map(row => row.cle));
    };
    const keyAt = async () => {
      const parts = await Promise.all(data.key.map(name => table().column(name))), fields = data.key.map(fieldOf);
      return place => parts.map((values, part) => escaped(text(values[place], fields[part]) ?? '')).join(' | ');
    };
    const rowsAt = async places => {
      const found = new Map();
      for (const group of await table().groups()) {
        const inside = places.filter(place => place >= group.start && place < group.end);
        if (!inside.length) continue;
        const first = Math.min(...inside), rows = await table().rows(first, Math.max(...inside) + 1);
        for (const place of inside) found.set(place, worded(rows[place - first]));
      }
      return places.map(place => ({ place, row: found.get(place) }));
    };

    const cell = (value, field) => {
      const words = shown(value, field), named = words === value ? '' : value;
      return make('td', { textContent: words, ...(words.length > 40 || named ? { title: named ? `${words} (${named})` : words } : {}) });
    };
    const draw = lines => {
      body.replaceChildren(...lines.map(({ place, row }) => make('tr', {},
        make('th', { scope: 'row' }, make('a', { href: link(row), 'aria-label': `${words.open} ${place + 1}`, textContent: number.format(place + 1) })),
        ...data.fields.map(field => row[field.name] === null
          ? make('td', { className: 'absent' }, make('span', { 'aria-hidden': 'true', textContent: '–' }), make('span', { className: 'hidden', textContent: words.empty }))
          : cell(row[field.name], field)))));
    };
    const link = row => {
      const query = new URLSearchParams({ cle: keyOf(row) });
      if (state.version !== data.versions[0]) query.set('version', state.version.number);
      return `#${query}`;
    };

    const refresh = async ({ rearrange = false } = {}) => {
      const turn = ++state.turn;
      status.textContent = words.reading;
      try {
        if (rearrange) {
          const order = await arrange();
          if (turn !== state.turn) return;
          state.order = order;
          state.start = 0;
        }
        const total = state.order ? state.order.length : count();
        const end = Math.min(state.start + PAGE, total);
        const places = state.order ? state.order.slice(state.start, end) : Array.from({ length: end - state.start }, (_, step) => state.start + step);
        const lines = places.length ? await rowsAt(places) : [];
        if (turn !== state.turn) return;
        draw(lines);
        const range = fill(words.rows, { a: number.format(state.start + 1), b: number.format(end), n: number.format(total) });
        status.textContent = total ? range + (isFiltered() ? ` ${fill(words.matching, { n: number.format(count()) })}` : '') : words.none;
        pager.hidden = false;
        const [first, previous, next] = pager.children;
        first.disabled = previous.disabled = state.start === 0;
        next.disabled = end >= total;
        if (section.dataset.state !== 'file') performance.mark('first-rows');
        section.dataset.state = 'file';
        program().catch(problem => console.warn('code', problem));
      } catch (problem) {
        if (turn === state.turn) fall(problem);
      }
    };

    /* No file can be read (a folder opened as file://, a broken network): the first rows are in the page. */
    const fall = problem => {
      console.warn('preview', problem);
      const names = data.fields.map(field => field.name);
      draw(data.sample.map((values, place) => ({ place, row: Object.fromEntries(names.map((name, at) => [name, values[at] || null])) })));
      status.textContent = fill(words.sample, { n: data.sample.length, v: data.versions[0].number });
      controls.hidden = filters.hidden = pager.hidden = true;
      for (const head of heads) head.replaceChildren(...named(head));
      section.dataset.state = 'sample';
    };

    const showSort = () => {
      for (const head of heads) {
        if (head.dataset.field === state.sort) head.setAttribute('aria-sort', state.down ? 'descending' : 'ascending');
        else head.removeAttribute('aria-sort');
      }
    };
    const sortBy = head => {
      const name = head.dataset.field;
      [state.sort, state.down] = state.sort !== name ? [name, false] : state.down ? [null, false] : [name, true];
      showSort();
      remember();
      refresh({ rearrange: true });
    };

    /* What is looked for stays in the address, so that it can be kept, sent, and found again by going back. */
    const asQuery = () => {
      const query = new URLSearchParams();
      if (state.wanted) query.set('contient', state.wanted);
      if (state.wanted && state.column) query.set('colonne', state.column);
      for (const [name, value] of state.exact) query.set(`est.${name}`, value);
      if (state.finding) query.set('constat', state.finding.rule);
      if (state.finding?.result) query.set('resultat', state.finding.result);
      if (state.codes) query.set('codes', 'oui');
      if (state.sort !== data.order) query.set('tri', state.sort ?? '');
      if (state.sort && state.down !== (state.sort === data.order)) query.set('sens', state.down ? 'decroissant' : 'croissant');
      return query.toString();
    };
    const remember = () => {
      const query = asQuery();
      try { history.replaceState(null, '', location.pathname + (query ? `?${query}` : '') + location.hash); } catch { /* from a folder, some browsers refuse */ }
    };
    const recall = () => {
      const query = new URLSearchParams(location.search), known = name => data.fields.some(field => field.name === name);
      state.wanted = query.get('contient') ?? '';
      if (known(query.get('colonne'))) state.column = query.get('colonne');
      state.exact = new Map([...query].filter(([name]) => name.startsWith('est.') && known(name.slice(4))).map(([name, value]) => [name.slice(4), value]));
      state.finding = query.get('constat') ? { rule: query.get('constat'), result: query.get('resultat') ?? '' } : null;
      state.codes = query.get('codes') === 'oui';
      state.sort = query.has('tri') ? (known(query.get('tri')) ? query.get('tri') : null) : data.order;
      state.down = query.has('sens') ? query.get('sens') === 'decroissant' : state.sort !== null && state.sort === data.order;
    };

    /* The rows that are shown, all pages of them, as the published CSV writes them. */
    const quoted = value => /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
    const saveRows = async () => {
      const places = state.order ?? Array.from({ length: count() }, (_, place) => place);
      const names = data.fields.map(field => field.name), lines = [names.join(',')];
      for (const { row } of places.length ? await rowsAt(places) : []) lines.push(names.map(name => quoted(row[name] ?? '')).join(','));
      const name = `${data.table}-${state.version.number}${isFiltered() ? '-filtre' : ''}.csv`;
      const address = URL.createObjectURL(new Blob([lines.join('\n') + '\n'], { type: 'text/csv;charset=utf-8' }));
      make('a', { href: address, download: name }).click();
      setTimeout(() => URL.revokeObjectURL(address), 60000);
    };

    /* One row: its values, where it comes from, what rules say of it, and when it changed. */
    const open = async key => {
      sheet.hidden = false;
      sheet.replaceChildren(make('p', { textContent: words.reading }));
      const version = state.version;
      try {
        const keyOfRow = await keyAt();
        let place = -1;
        for (let at = 0; at < count() && place < 0; at++) if (keyOfRow(at) === key) place = at;
        if (place < 0) { sheet.replaceChildren(make('p', { textContent: words.gone })); return; }
        const [{ row }] = await rowsAt([place]);
        const origins = make('div'), concluded = make('div'), past = make('div');
        const title = make('h3', { id: 'ligne-titre', tabIndex: -1 }, make('span', { textContent: `${words.row} ${number.format(place + 1)}` }),
          make('button', { type: 'button', textContent: words.close, onclick: close }));
        sheet.replaceChildren(title,
          make('p', {}, make('a', { href: link(row), textContent: words.link }), ' · ',
            make('a', { href: `${section.dataset.report}#${encodeURIComponent(location.href.split('#')[0] + link(row))}`, textContent: words.report })),
          make('dl', { className: 'values' }, ...data.fields.flatMap(field => [
            make('dt', { textContent: field.title || field.name }),
            make('dd', {}, led(field, row[field.name]) ?? linked(row[field.name] ?? '–'), ...coded(field, row[field.name]))])),
          ...ways(),
          make('h4', { textContent: words.why }), origins,
          make('h4', { textContent: words.findings }), concluded,
          make('h4', { textContent: words.history }), past);
        title.focus();
        await Promise.all([
          provenance(version, place + 1).then(lines => origins.append(lines), () => origins.append(words.unread)),
          findings(version, key).then(lines => concluded.append(lines), () => concluded.append(words.unread)),
        ]);
        past.append(make('button', { type: 'button', textContent: words.search, onclick: event => { event.target.disabled = true; across(key, row).then(lines => past.replaceChildren(lines), () => past.replaceChildren(words.unread)); } }));
        section.dataset.row = key;
      } catch (problem) {
        console.warn('row', problem);
        sheet.replaceChildren(make('p', { textContent: words.unread }));
      }
    };
    /* How each value was filled: as many lines as there are values, so they wait until somebody asks. */
    const ways = () => {
      const filled = data.fields.filter(field => field.steps.length);
      return filled.length ? [make('details', { className: 'ways' }, make('summary', { textContent: words.steps }),
        make('dl', { className: 'values' }, ...filled.flatMap(field => [
          make('dt', { textContent: field.title || field.name }), ...field.steps.map(step => make('dd', { className: 'soft', textContent: step }))])))] : [];
    };
    const grid = (heading, lines) => make('div', { className: 'scroll', tabIndex: 0, role: 'region', 'aria-label': heading[0] }, make('table', { className: 'plain' },
      make('thead', {}, make('tr', {}, ...heading.map(word => make('th', { scope: 'col', textContent: word })))),
      make('tbody', {}, ...lines.map(line => make('tr', {}, ...line.map(value => make('td', {}, value)))))));
    /* A value that is the key of a row of another table leads to that row: a correction, a code of a list. */
    const led = (field, value, version = state.version) => {
      if (!field.leads || value == null) return null;
      const query = new URLSearchParams({ cle: escaped(String(value)) });
      if (version !== data.versions[0]) query.set('version', version.number);
      return make('a', { href: `${field.leads}#${query}`, textContent: field.labels[value] ?? value });
    };
    /* Beside a label, the code that the files contain. */
    const coded = (field, value) => field.labels[value] === undefined ? [] : [' ', make('code', { className: 'soft', textContent: value })];
    const linked = value => /^https?:\/\/\S+$/.test(value) ? make('a', { href: value, rel: 'external nofollow', textContent: value }) : value;
    const provenance = async (version, line) => {
      const origin = file(version, 'provenance'), found = [];
      for (const group of await origin.groups()) {
        const { table: names, ligne: lines } = group.statistics;
        if (names?.min_value !== undefined && (String(names.min_value) > data.table || String(names.max_value) < data.table)) continue;
        if (names?.min_value === names?.max_value && lines?.min_value !== undefined && (Number(lines.min_value) > line || Number(lines.max_value) < line)) continue;
        for (const row of await origin.rows(group.start, group.end)) if (row.table === data.table && Number(row.ligne) === line) found.push(row);
      }
      if (!found.length) return make('p', { textContent: words.untraced });
      return grid([words.source, words.part, words.position, words.snapshot], found.map(row => {
        const source = data.sources[row.source] ?? { title: row.source, path: '' };
        const name = /^https?:/.test(source.path) ? make('a', { href: source.path, rel: 'external', textContent: source.title }) : source.title;
        return [name, row.part ?? '–', row.position == null ? '–' : number.format(Number(row.position)), make('code', { className: 'hash', textContent: row.snapshot })];
      }));
    };
    const findings = async (version, key) => {
      const rows = (await file(version, 'findings').rows(0, version.findings.count)).filter(row => row.table === data.table && row.cle === key);
      if (!rows.length) return make('p', { textContent: words.unsaid });
      return make('ul', {}, ...rows.map(row => make('li', {}, make('code', { textContent: row.regle }), ` ${words.results[row.resultat] ?? row.resultat}${words.colon}${(data.language === 'en' ? row.message_en : row.message) ?? ''} `, make('span', { className: 'soft', textContent: row.calcul ?? '' }))));
    };
    // « + » joins causes that all acted, « / » causes that cannot be distinguished (qualite/changements.json).
    const caused = code => code.split('+').map(part => part.split('/').map(one => words.causes[one] ?? one).join(` ${words.or} `)).join(` ${words.and} `);
    // The field that names a correction, where the table has one: a value that a correction changed leads to it.
    const settled = data.fields.find(field => field.leads === 'table-corrections.html');
    const corrected = (change, changes, row, version) => {
      if (!settled || change.champ == null || !/(^|[+/])correction($|[+/])/.test(change.cause)) return [];
      const renamed = changes.find(other => other.champ === settled.name);
      const gone = renamed && renamed.apres == null ? data.versions[data.versions.indexOf(version) + 1] : null;
      const link = led(settled, renamed ? renamed.apres ?? renamed.avant : row[settled.name], gone ?? version);
      return link ? [`, ${words.correction}${words.colon}`, link] : [];
    };
    const labelled = (name, value) => value == null ? '∅' : fieldOf(name)?.labels[value] ?? value;
    const across = async (key, row) => {
      const lines = [];
      for (const version of [...data.versions].reverse()) {
        if (!version.changes?.count) continue;
        const changes = (await file(version, 'changes').rows(0, version.changes.count)).filter(change => change.cle === key);
        for (const change of changes) {
          const what = change.champ == null ? (change.nature === 'ajout' ? words.added : words.removed) : `${fieldOf(change.champ)?.title || change.champ}${words.colon}${labelled(change.champ, change.avant)} → ${labelled(change.champ, change.apres)}`;
          lines.push(make('li', {}, make('strong', { textContent: version.number }), ` ${what} `, make('span', { className: 'soft' }, `(${words.cause}${words.colon}${caused(change.cause)}`, ...corrected(change, changes, row, version), ')')));
        }
      }
      return lines.length ? make('ol', {}, ...lines) : make('p', { textContent: words.steady });
    };

    /* The filters in force, each a button that removes it. */
    const filters = make('p', { className: 'held' });
    const showFilters = () => {
      const chip = (label, release) => make('button', { type: 'button', 'aria-label': `${words.release} ${label}`, onclick: () => { release(); showFilters(); remember(); refresh({ rearrange: true }); status.focus(); } },
        label, make('span', { 'aria-hidden': 'true', textContent: ' ×' }));
      filters.replaceChildren(
        ...[...state.exact].map(([name, value]) => chip(`${titled(name)}${words.colon}${labelled(name, value)}`, () => state.exact.delete(name))),
        ...(state.finding ? [chip(`${words.rule} ${state.finding.rule}${state.finding.result ? `${words.colon}${words.results[state.finding.result] ?? state.finding.result}` : ''}`, () => { state.finding = null; })] : []));
      filters.hidden = !filters.children.length;
    };

    /* The code below reads what is shown: this version, these rows. */
    const programs = [...document.querySelectorAll('.program')].map(part => ({ tool: part.dataset.tool, code: part.querySelector('code'), first: part.querySelector('code').textContent }));
    const program = async () => {
      const found = folded(state.wanted), folder = version => version.address.slice(0, -`${data.table}.parquet`.length), at = folder(state.version);
      const named = found ? looked().map(name => [name, codesOf(fieldOf(name), found)]).filter(([, codes]) => codes.length) : [];
      const finding = state.finding && { ...state.finding, key: data.key, keys: await keysOf(state.finding), parquet: `${at}qualite/constats.parquet`, csv: `${at}qualite/constats.csv` };
      const filter = { fields: data.fields, wanted: found, looked: looked(), coded: named, exact: [...state.exact], finding };
      for (const { tool, code, first } of programs) code.textContent = Snippets.filtered(tool, first.replace(folder(data.versions[0]), at), data.table, filter);
    };

    const follow = () => {
      const query = new URLSearchParams(location.hash.slice(1));
      if (!query.has('cle')) return;
      const version = data.versions.find(item => item.number === query.get('version')) ?? data.versions[0];
      if (version !== state.version) { state.version = version; controls.querySelector('select').value = version.number; refresh({ rearrange: true }); }
      open(query.get('cle'));
    };

    const build = () => {
      const few = count() <= EVERY_COLUMN;
      const versions = make('select', { onchange: () => { state.version = data.versions[versions.selectedIndex]; sheet.hidden = true; refresh({ rearrange: true }); } }, ...data.versions.map(item => make('option', { value: item.number, textContent: item.number })));
      const columns = make('select', { onchange: () => { state.column = columns.value; if (state.wanted) { remember(); refresh({ rearrange: true }); } } },
        ...(few ? [make('option', { value: '', textContent: words.all })] : []), ...data.fields.map(field => make('option', { value: field.name, textContent: field.title || field.name })));
      state.column = columns.value;
      recall();
      columns.value = state.column;
      showSort();
      let waiting = 0;
      const wanted = make('input', { type: 'search', value: state.wanted, oninput: () => { clearTimeout(waiting); waiting = setTimeout(() => { state.wanted = wanted.value.trim(); remember(); refresh({ rearrange: true }); }, 250); } });
      const save = make('button', { type: 'button', textContent: words.save, onclick: async () => {
        save.disabled = true;
        try { await saveRows(); } catch (problem) { console.warn('save', problem); status.textContent = words.unread; }
        save.disabled = false;
      } });
      const codes = make('input', { type: 'checkbox', checked: state.codes, onchange: () => { state.codes = codes.checked; remember(); refresh(); } });
      const hasLabels = data.fields.some(field => Object.keys(field.labels).length);
      controls.replaceChildren(make('label', {}, words.version, versions), make('label', {}, words.column, columns), make('label', {}, words.contains, wanted),
        ...(hasLabels ? [make('label', { className: 'choice' }, codes, words.codes)] : []), save);
      controls.after(filters);
      showFilters();
      controls.hidden = false;
      const turn = to => () => { state.start = Math.max(0, to()); refresh(); };
      pager.replaceChildren(
        make('button', { type: 'button', textContent: words.first, onclick: turn(() => 0) }),
        make('button', { type: 'button', textContent: words.previous, onclick: turn(() => state.start - PAGE) }),
        make('button', { type: 'button', textContent: words.next, onclick: turn(() => state.start + PAGE) }));
      for (const head of heads) head.replaceChildren(make('button', { type: 'button', 'aria-label': `${words.sort} ${titled(head.dataset.field)}`, onclick: () => sortBy(head) }, ...named(head)));
      addEventListener('hashchange', follow);
    };

    table();
    const reader = make('script', { src: section.dataset.parquet, onload: () => { build(); refresh({ rearrange: true }).then(() => { if (section.dataset.state === 'file') follow(); }); }, onerror: fall });
    document.head.append(reader);
  };
  document.querySelectorAll('.preview').forEach(preview);
})();
