/* SPDX-License-Identifier: Apache-2.0
 *
 * Keys, values and header values of records, and their schemas.
 *
 * A datum has one of three shapes:
 *   null    raw.ptr == NULL and n_cells == 0.
 *   raw     raw.ptr != NULL and n_cells == 0: one text or byte string, uncopied. `schema` says
 *           which it is (its type is SLUICE_STRING or SLUICE_BYTES); schema == NULL means bytes
 *           that nothing is known about. This is how a record crosses with the String and
 *           ByteArray converters: nothing is parsed and nothing is copied.
 *   cells   n_cells > 0 and raw.ptr == NULL: a structured value, as a flat tape of cells.
 *
 * A null may carry a schema (then an optional one). A top-level text or byte string may arrive raw
 * or as one cell: a reader accepts both. Text is UTF-8; it is passed on as it came, also when it
 * is not well-formed, and a converter that must write valid text puts U+FFFD in its place.
 */
#ifndef SLUICE_ABI_DATA_H
#define SLUICE_ABI_DATA_H

#include "base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Which shapes a connector reads (sink) or makes (source); bits of sluice_connector_desc.forms. */
enum {
  SLUICE_FORM_BYTES = 1, /* raw */
  SLUICE_FORM_VALUE = 2  /* cells */
};

/* Types of cells and of schemas. A reader skips a cell of a type that it does not know. */
enum {
  SLUICE_NULL = 1, /* cells only */
  SLUICE_BOOL = 2,
  SLUICE_I8 = 3,
  SLUICE_I16 = 4,
  SLUICE_I32 = 5,
  SLUICE_I64 = 6,
  SLUICE_F32 = 7,
  SLUICE_F64 = 8,
  SLUICE_STRING = 9,
  SLUICE_BYTES = 10,
  SLUICE_ARRAY = 11,
  SLUICE_MAP = 12,
  SLUICE_STRUCT = 13
};

/* [frozen] One node of a value, in pre-order.
 *
 *   type            n                 u
 *   NULL            0                 0
 *   BOOL            0                 i: 0 or 1
 *   I8 .. I64       0                 i
 *   F32, F64        0                 d (an F32 widened, exactly)
 *   STRING, BYTES   length in bytes   p: the bytes; not NULL, also when n is 0
 *   ARRAY           elements          skip
 *   MAP             entries           skip; the entries are key, value, key, value …
 *   STRUCT          fields            skip; the fields in the schema's order, one child each
 *
 * `skip` counts the cells of the whole container, itself included: the next sibling of cell k is
 * k + skip, and that of any other cell k + 1. Logical types (Decimal, Date, Time, Timestamp) are
 * their base type in the cell and named by the schema. A STRUCT always has a schema. */
typedef struct sluice_cell {
  uint8_t type;
  uint8_t flags; /* zero */
  uint16_t aux;  /* zero */
  uint32_t n;
  union {
    int64_t i;
    double d;
    const uint8_t *p;
    uint64_t skip;
  } u;
} sluice_cell;

/* [frozen] A key, a value, or a header's value; see the top of this file. */
typedef struct sluice_datum {
  sluice_bytes raw;
  const sluice_schema *schema; /* NULL: schemaless */
  const sluice_cell *cells;
  size_t n_cells;
} sluice_datum;

/* [frozen] Headers are ordered and may repeat a key. `key` is never absent. */
typedef struct sluice_header {
  sluice_str key;
  sluice_datum value;
} sluice_header;

SLUICE_STATIC_ASSERT(sizeof(sluice_cell) == 16, cell_is_frozen);
SLUICE_STATIC_ASSERT(sizeof(sluice_datum) == 40, datum_is_frozen);
SLUICE_STATIC_ASSERT(sizeof(sluice_header) == 56, header_is_frozen);

/* [frozen] A field of a STRUCT schema. */
typedef struct sluice_field {
  sluice_str name;
  const sluice_schema *schema;
} sluice_field;
SLUICE_STATIC_ASSERT(sizeof(sluice_field) == 24, field_is_frozen);

/* Reads schemas. [growable] Fetched once with get_extension; valid until the process ends. All
 * functions are [any] and cannot fail; what they return lives as long as the schema. */
#define SLUICE_SCHEMA_API "sluice.schema/1"
typedef struct sluice_schema_api {
  size_t struct_size;
  int32_t (*type)(const sluice_schema *);                      /* SLUICE_BOOL … */
  int32_t (*optional)(const sluice_schema *);                  /* 0 or 1 */
  sluice_str (*name)(const sluice_schema *);                   /* may be absent */
  int32_t (*version)(const sluice_schema *, int32_t *version); /* 0: has none */
  sluice_str (*doc)(const sluice_schema *);                    /* may be absent */
  size_t (*parameters)(const sluice_schema *, const sluice_kv **first);
  size_t (*fields)(const sluice_schema *, const sluice_field **first); /* 0 if not a STRUCT */
  const sluice_schema *(*key_schema)(const sluice_schema *);           /* of a MAP, else NULL */
  const sluice_schema *(*value_schema)(const sluice_schema *); /* of a MAP or ARRAY, else NULL */
  const sluice_datum *(*default_value)(const sluice_schema *); /* NULL: has none */
  uint64_t (*id)(const sluice_schema *); /* no other schema of the process ever has it */
} sluice_schema_api;

/* A schema that a plugin wants. [growable] Zero what is not used. */
typedef struct sluice_schema_def {
  size_t struct_size;
  int32_t type;
  int32_t optional;    /* 0 or 1 */
  int32_t has_version; /* 0 or 1 */
  int32_t version;
  sluice_str name;
  sluice_str doc;
  const sluice_kv *parameters;
  size_t n_parameters;
  const sluice_field *fields; /* of a STRUCT */
  size_t n_fields;
  const sluice_schema *key_schema;   /* of a MAP */
  const sluice_schema *value_schema; /* of a MAP or ARRAY */
  const sluice_datum *default_value; /* NULL: none */
} sluice_schema_def;

/* Makes schemas. [growable] Fetched and valid like sluice_schema_api. Made once per table or
 * stream, not per record. */
#define SLUICE_SCHEMA_BUILDER_API "sluice.schema-builder/1"
typedef struct sluice_schema_builder_api {
  size_t struct_size;
  /* [any] A schema without name, version, doc and default. `type` is BOOL … BYTES; NULL for any
   * other. */
  const sluice_schema *(*primitive)(sluice_ctx *, int32_t type, int32_t optional);
  /* [any] Copies the definition. A wrong one is SLUICE_E_DATA with a message, *out untouched. */
  sluice_status (*build)(sluice_ctx *, const sluice_schema_def *, const sluice_schema **out,
                         sluice_error *);
} sluice_schema_builder_api;

#ifdef __cplusplus
}
#endif
#endif
