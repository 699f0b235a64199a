/* SPDX-License-Identifier: Apache-2.0
 *
 * What the host does for a plugin. A plugin gets this table in `create`; it never links against
 * the host's symbols.
 */
#ifndef SLUICE_ABI_HOST_H
#define SLUICE_ABI_HOST_H

#include "base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Levels of log records. A host maps a level that it does not know to the nearest one. */
enum {
  SLUICE_LOG_TRACE = 1,
  SLUICE_LOG_DEBUG = 2,
  SLUICE_LOG_INFO = 3,
  SLUICE_LOG_WARN = 4,
  SLUICE_LOG_ERROR = 5
};

/* [growable] One log event. The message is ready text; the host adds time, connector and task. */
typedef struct sluice_log_record {
  size_t struct_size;
  int32_t level;
  int32_t line;       /* 0: not known */
  sluice_str message; /* one line; the host escapes line ends */
  sluice_str file;    /* may be absent */
  const sluice_kv *fields;
  size_t n_fields;
} sluice_log_record;

enum {
  SLUICE_METRIC_COUNTER = 1,  /* update adds; the value is never negative */
  SLUICE_METRIC_GAUGE = 2,    /* update sets */
  SLUICE_METRIC_HISTOGRAM = 3 /* update observes */
};

/* [growable] A metric of one connector or task; the host adds those two as labels. */
typedef struct sluice_metric_def {
  size_t struct_size;
  int32_t kind;
  uint32_t reserved; /* zero */
  sluice_str name;   /* [a-z][a-z0-9_]*, unit as suffix: lines_read, wait_seconds */
  sluice_str help;
  const sluice_kv *labels;
  size_t n_labels;
  const double *buckets; /* of a histogram: rising upper bounds; NULL: the host's own */
  size_t n_buckets;
} sluice_metric_def;

/* The base services. [growable] Valid until the process ends; every slot up to struct_size is
 * set. */
typedef struct sluice_host {
  size_t struct_size;

  /* [any] Is a record of this level kept? A cheap read, so that what is off costs nothing. */
  int32_t (*log_enabled)(sluice_ctx *, int32_t level);
  /* [any] Copies the record. */
  void (*log)(sluice_ctx *, const sluice_log_record *);

  /* On the thread of the call that got this sluice_error, before that call returns. Copies;
   * a second time replaces the first. The message says what was wrong, where, and what to do;
   * details are for machines ("http.status"). A NULL error is allowed and ignored. */
  void (*set_error)(sluice_error *, sluice_str message, const sluice_kv *details, size_t n);

  /* [any] Keep everything that is reachable from a sink batch beyond put(). Each retain needs one
   * release. Kept batches hold up whole fetch buffers and count against sink.retained.max.bytes:
   * to keep a few small records, copy them instead. */
  void (*batch_retain)(sluice_batch *);
  void (*batch_release)(sluice_batch *);

  /* [task] In start() only. The id is valid until destroy. */
  sluice_status (*metric_define)(sluice_ctx *, const sluice_metric_def *, uint32_t *id);
  /* [any] Takes no lock. */
  void (*metric_update)(sluice_ctx *, uint32_t id, double value);

  /* [any] 1 once cancel() was or is about to be called. */
  int32_t (*is_cancelled)(sluice_ctx *);

  /* [any] A connector's ctx: its task configurations have changed, ask for them again. */
  sluice_status (*request_reconfigure)(sluice_ctx *);

  /* [any] A failure met on one of the plugin's own threads: the connector or task fails. */
  void (*fail)(sluice_ctx *, sluice_status, sluice_str message);

  /* [any] A further table by its id (SLUICE_SCHEMA_API, SLUICE_SINK_CONTEXT …), valid until the
   * process ends; NULL when this host has none of that id, or not for this kind of ctx. */
  const void *(*get_extension)(sluice_ctx *, sluice_str id);
} sluice_host;

#ifdef __cplusplus
}
#endif
#endif
