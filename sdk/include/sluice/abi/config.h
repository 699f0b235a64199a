/* SPDX-License-Identifier: Apache-2.0
 *
 * The configuration of a connector, as data: names, types, defaults and validators are read by the
 * host without calling plugin code, so that REST validation, help and reference documentation come
 * from one table. What a table cannot say, a connector adds in its validate().
 *
 * Values reach a plugin as text, already resolved by config providers, checked against the table,
 * and without the entries that were not given: defaults are the reader's to apply (the C++ layer
 * does it from the same table).
 */
#ifndef SLUICE_ABI_CONFIG_H
#define SLUICE_ABI_CONFIG_H

#include "base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Types of values; text is parsed as Kafka's ConfigDef does. */
enum {
  SLUICE_CONFIG_BOOLEAN = 1,
  SLUICE_CONFIG_STRING = 2,
  SLUICE_CONFIG_INT = 3,
  SLUICE_CONFIG_SHORT = 4,
  SLUICE_CONFIG_LONG = 5,
  SLUICE_CONFIG_DOUBLE = 6,
  SLUICE_CONFIG_LIST = 7, /* split at commas */
  SLUICE_CONFIG_CLASS = 8,
  SLUICE_CONFIG_PASSWORD = 9 /* never shown or logged */
};

enum { SLUICE_IMPORTANCE_HIGH = 1, SLUICE_IMPORTANCE_MEDIUM = 2, SLUICE_IMPORTANCE_LOW = 3 };

/* How wide a form shows the field. */
enum {
  SLUICE_WIDTH_NONE = 1,
  SLUICE_WIDTH_SHORT = 2,
  SLUICE_WIDTH_MEDIUM = 3,
  SLUICE_WIDTH_LONG = 4
};

/* Kinds of validators. A host treats one that it does not know as passed. */
enum {
  SLUICE_VALIDATOR_RANGE = 1,         /* numbers: flags, min, max */
  SLUICE_VALIDATOR_ONE_OF = 2,        /* values */
  SLUICE_VALIDATOR_ONE_OF_NOCASE = 3, /* values, any case */
  SLUICE_VALIDATOR_NON_EMPTY = 4,     /* text that is not empty */
  SLUICE_VALIDATOR_NON_NULL = 5,
  SLUICE_VALIDATOR_PATTERN = 6 /* pattern, Java's syntax, matching the whole text */
};

enum { SLUICE_RANGE_HAS_MIN = 1, SLUICE_RANGE_HAS_MAX = 2 };

/* [growable] */
typedef struct sluice_validator {
  size_t struct_size;
  int32_t kind;
  uint32_t flags;
  int64_t min_int, max_int;      /* inclusive, for INT, SHORT, LONG */
  double min_double, max_double; /* inclusive, for DOUBLE */
  const sluice_str *values;
  size_t n_values;
  sluice_str pattern;
  const struct sluice_validator *next; /* must pass too; NULL: none */
} sluice_validator;

enum {
  /* Not required although it has no default (Connect: the default is null). */
  SLUICE_KEY_OPTIONAL = 1,
  /* Left out of REST answers and documentation. */
  SLUICE_KEY_INTERNAL = 2
};

/* [growable] One key. Zero what is not used. */
typedef struct sluice_config_key {
  size_t struct_size;
  sluice_str name;
  int32_t type;
  int32_t importance;
  int32_t width;
  int32_t order_in_group;   /* from 1; 0: not in a group */
  sluice_str default_value; /* absent: required, unless SLUICE_KEY_OPTIONAL */
  sluice_str doc;
  sluice_str group;        /* may be absent */
  sluice_str display_name; /* absent: the name */
  const sluice_str *dependents;
  size_t n_dependents;
  const sluice_validator *validator; /* may be NULL */
  uint32_t flags;
  uint32_t reserved; /* zero */
} sluice_config_key;

/* [growable] All keys of a connector, without those that the host gives every connector. */
typedef struct sluice_config_def {
  size_t struct_size;
  const sluice_config_key *const *keys; /* an array of pointers */
  size_t n_keys;
} sluice_config_def;

/* Where validate() puts what it found: opaque, the host's, valid for the call. */
typedef struct sluice_report sluice_report;

/* [growable] All functions copy, on the thread of the validate() call. `key` need not be in the
 * table. */
typedef struct sluice_report_api {
  size_t struct_size;
  void (*error)(sluice_report *, sluice_str key, sluice_str message); /* may repeat for one key */
  void (*recommend)(sluice_report *, sluice_str key, const sluice_str *values, size_t n);
  void (*visible)(sluice_report *, sluice_str key, int32_t visible); /* 0 or 1; 1 if not said */
} sluice_report_api;

#ifdef __cplusplus
}
#endif
#endif
