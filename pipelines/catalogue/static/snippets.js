/* The code on a table's page with the filter that is on: the same rows in DuckDB, pandas and R.
   `filter`: `fields` (of the table), `wanted` (folded text), `looked` (names of the columns that are searched), `coded`
   (by name, the codes whose label holds the text), `exact` (pairs of name and value), `finding` (rule, result, table,
   key, keys, parquet, csv; or null). Columns are compared as the published CSV writes them. */
const Snippets = (() => {
  'use strict';
  const MARKED = 'àáâãäåçèéêëìíîïñòóôõöùúûüýÿ', PLAIN = 'aaaaaaceeeeiiiinooooouuuuyy';
  const quoted = value => JSON.stringify(value);
  const fieldOf = (filter, name) => filter.fields.find(field => field.name === name);
  const isEscaped = ({ keys }) => [...keys].some(key => key.includes('\\'));

  const duckdb = (code, table, filter) => {
    const text = value => `'${value.replaceAll("'", "''")}'`, named = name => `"${name.replaceAll('"', '""')}"`;
    const written = name => fieldOf(filter, name).type === 'datetime' ? `strftime(${named(name)}, '%Y-%m-%dT%H:%M:%SZ')` : `CAST(${named(name)} AS VARCHAR)`;
    const terms = filter.exact.map(([name, value]) => `${fieldOf(filter, name).type === 'string' ? named(name) : written(name)} = ${text(value)}`);
    if (filter.wanted) {
      const all = filter.looked.length > 1 ? `concat_ws(chr(10), ${filter.looked.map(written).join(', ')})` : written(filter.looked[0]);
      const ways = [`contains(strip_accents(lower(${all})), ${text(filter.wanted)})`];
      for (const [name, codes] of filter.coded) ways.push(`${named(name)} IN (${codes.map(text).join(', ')})`);
      terms.push(ways.length > 1 ? `(${ways.join(' OR ')})` : ways[0]);
    }
    if (filter.finding) {
      const { rule, result, key, parquet } = filter.finding;
      const part = name => isEscaped(filter.finding) ? `replace(replace(${written(name)}, '\\', '\\\\'), '|', '\\|')` : written(name);
      const asked = [`"table" = ${text(table)}`, `regle = ${text(rule)}`, ...(result ? [`resultat = ${text(result)}`] : [])];
      terms.push(`concat_ws(' | ', ${key.map(part).join(', ')}) IN (SELECT cle FROM '${parquet}' WHERE ${asked.join(' AND ')})`);
    }
    return terms.length ? `${code}\nWHERE ${terms.join('\n  AND ')}` : code;
  };

  const pandas = (code, table, filter) => {
    const written = name => {
      const column = `${table}[${quoted(name)}]`, { type } = fieldOf(filter, name);
      if (type === 'datetime') return `${column}.dt.strftime("%Y-%m-%dT%H:%M:%SZ")`;
      if (type === 'integer' || type === 'year') return `${column}.astype("Int64").astype("string")`;
      return type === 'boolean' ? `${column}.astype("string").str.lower()` : `${column}.astype("string")`;
    };
    const lines = filter.exact.map(([name, value]) => `${table} = ${table}[${written(name)} == ${quoted(value)}]`);
    if (filter.wanted) {
      lines.push('fold = lambda texts: texts.str.normalize("NFD").str.replace("[\\u0300-\\u036f]", "", regex=True).str.lower()');
      const ways = filter.looked.map(name => `fold(${written(name)}).str.contains(${quoted(filter.wanted)}, regex=False, na=False)`);
      for (const [name, codes] of filter.coded) ways.push(`${table}[${quoted(name)}].isin(${quoted(codes)})`);
      lines.push(ways.length > 1 ? `${table} = ${table}[\n    ${ways.join('\n    | ')}\n]` : `${table} = ${table}[${ways[0]}]`);
    }
    if (filter.finding) {
      const { rule, result, key, parquet } = filter.finding;
      const part = name => written(name) + (isEscaped(filter.finding) ? '.str.replace("\\\\", "\\\\\\\\", regex=False).str.replace("|", "\\\\|", regex=False)' : '');
      const asked = [['table', table], ['regle', rule], ...(result ? [['resultat', result]] : [])];
      lines.push(`constats = pd.read_parquet("${parquet}")`,
        `constats = constats[${asked.map(([name, value]) => `(constats["${name}"] == ${quoted(value)})`).join(' & ')}]`,
        `${table} = ${table}[(${key.map(part).join(' + " | " + ')}).isin(constats["cle"])]`);
    }
    return [code, ...lines].join('\n');
  };

  const r = (code, table, filter) => {
    const column = name => `${table}[[${quoted(name)}]]`, several = codes => `c(${codes.map(quoted).join(', ')})`;
    const lines = filter.exact.map(([name, value]) => `${table} <- ${table}[${column(name)} %in% ${quoted(value)}, ]`);
    if (filter.wanted) {
      lines.push(`fold <- function(x) chartr("${MARKED}", "${PLAIN}", tolower(x))`);
      const ways = filter.looked.map(name => `grepl(${quoted(filter.wanted)}, fold(${column(name)}), fixed = TRUE)`);
      for (const [name, codes] of filter.coded) ways.push(`${column(name)} %in% ${several(codes)}`);
      lines.push(`${table} <- ${table}[${ways.join(' |\n  ')}, ]`);
    }
    if (filter.finding) {
      const { rule, result, key, csv } = filter.finding;
      const part = name => isEscaped(filter.finding) ? `gsub("|", "\\\\|", gsub("\\\\", "\\\\\\\\", ${column(name)}, fixed = TRUE), fixed = TRUE)` : column(name);
      const asked = [['table', table], ['regle', rule], ...(result ? [['resultat', result]] : [])];
      lines.push(`constats <- read.csv("${csv}", colClasses = "character", na.strings = "", encoding = "UTF-8")`,
        `constats <- constats[${asked.map(([name, value]) => `constats$${name} %in% ${quoted(value)}`).join(' & ')}, ]`,
        `${table} <- ${table}[paste(${key.map(part).join(', ')}, sep = " | ") %in% constats$cle, ]`);
    }
    return [code, ...lines].join('\n');
  };

  return { filtered: (tool, code, table, filter) => ({ DuckDB: duckdb, pandas, R: r })[tool]?.(code, table, filter) ?? code };
})();
