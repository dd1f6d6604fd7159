// What a database consists of, as its own catalog says: a list of facts, each a
// line, sorted. Two databases with the same facts are equal to every tool that
// reads catalogs.

/** Facts about a SQLite database (a DatabaseSync of node:sqlite). */
export function liteFacts(db) {
  const facts = []
  const rows = (sql, ...values) => db.prepare(sql).all(...values)
  for (const { name: table, strict } of rows(
    `SELECT name, strict FROM pragma_table_list
      WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!'`,
  )) {
    facts.push(`table ${table}`)
    if (strict) facts.push(`table ${table} is STRICT`)
    const [{ sql }] = rows('SELECT sql FROM sqlite_schema WHERE name = ?', table)
    facts.push(`table ${table} counts: ${/\bAUTOINCREMENT\b/.test(sql)}`)
    for (const c of rows('SELECT * FROM pragma_table_xinfo(?)', table)) {
      const place = `${table}.${c.name}`
      facts.push(`column ${place} type ${c.type}`)
      facts.push(`column ${place} is ${c.notnull ? 'required' : 'optional'}`)
      facts.push(`column ${place} default ${c.dflt_value ?? 'none'}`)
      if (c.pk) facts.push(`key ${table} ${c.pk} ${c.name}`)
    }
    for (const i of rows('SELECT * FROM pragma_index_list(?)', table)) {
      const parts = rows('SELECT * FROM pragma_index_xinfo(?) WHERE key', i.name)
      const list = parts.map((p) => `${p.name}${p.desc ? ' DESC' : ''} ${p.coll}`)
      const name = i.origin === 'c' ? i.name : `of ${table}`
      facts.push(`index ${name} on ${table} (${list}) unique ${i.unique} ${i.origin} ${i.partial}`)
    }
    for (const k of rows('SELECT * FROM pragma_foreign_key_list(?)', table))
      facts.push(
        `foreign key ${table}.${k.from} -> ${k.table}.${k.to} part ${k.seq}` +
          ` delete ${k.on_delete} update ${k.on_update}`,
      )
  }
  return facts.sort()
}

/** A SELECT whose one row and column is a JSON list of facts on PostgreSQL. */
export const PG_FACTS = `
WITH relation AS (
  SELECT c.oid, n.nspname, format('%I.%I', n.nspname, c.relname) AS name, c.relkind
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
    AND NOT EXISTS (SELECT 1 FROM pg_depend d
      WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
), fact AS (
  SELECT 'table ' || name AS f FROM relation WHERE relkind = 'r'
  UNION ALL
  SELECT format('column %s.%I type %s required %s default %s', r.name, a.attname,
      format_type(a.atttypid, a.atttypmod), a.attnotnull,
      coalesce(pg_get_expr(d.adbin, d.adrelid), 'none'))
    FROM relation r JOIN pg_attribute a ON a.attrelid = r.oid
    LEFT JOIN pg_attrdef d ON d.adrelid = r.oid AND d.adnum = a.attnum
    WHERE r.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
  UNION ALL
  SELECT format('sequence %s type %s of %s', r.name, format_type(s.seqtypid, NULL),
      (SELECT format('%s.%s', d.refobjid::regclass, d.refobjsubid) FROM pg_depend d
        WHERE d.classid = 'pg_class'::regclass AND d.objid = r.oid AND d.deptype = 'a'))
    FROM relation r JOIN pg_sequence s ON s.seqrelid = r.oid
  UNION ALL
  SELECT format('index %s valid %s unique %s primary %s', pg_get_indexdef(i.indexrelid),
      i.indisvalid, i.indisunique, i.indisprimary)
    FROM relation r JOIN pg_index i ON i.indrelid = r.oid WHERE r.relkind = 'r'
  UNION ALL
  SELECT format('constraint %s %I %s', r.name, c.conname, pg_get_constraintdef(c.oid))
    FROM relation r JOIN pg_constraint c ON c.conrelid = r.oid
  UNION ALL
  SELECT format('enum %s: %s', t.oid::regtype,
      (SELECT string_agg(quote_literal(e.enumlabel), ', ' ORDER BY e.enumsortorder)
        FROM pg_enum e WHERE e.enumtypid = t.oid))
    FROM pg_type t WHERE t.typtype = 'e'
  UNION ALL
  SELECT format('schema %I', nspname) FROM pg_namespace
    WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
  UNION ALL
  SELECT format('extension %I', extname) FROM pg_extension
  UNION ALL
  SELECT format('trigger %I on %s', t.tgname, r.name)
    FROM relation r JOIN pg_trigger t ON t.tgrelid = r.oid WHERE NOT t.tgisinternal
  UNION ALL
  SELECT format('function %s', p.oid::regprocedure)
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname NOT IN ('pg_catalog', 'information_schema')
      AND NOT EXISTS (SELECT 1 FROM pg_depend d
        WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
)
SELECT coalesce(json_agg(f ORDER BY f COLLATE "C"), '[]') FROM fact`
