/* SPDX-License-Identifier: Apache-2.0
 *
 * Sink tasks: records from Kafka to somewhere else.
 *
 * Life cycle: create → start → (open → (put | pre_commit)* → close)* → stop → destroy. cancel may
 * come at any time between create and destroy. A failed create leaves *task NULL and nothing to
 * destroy; after a failed start only destroy follows.
 */
#ifndef SLUICE_ABI_SINK_H
#define SLUICE_ABI_SINK_H

#include "base.h"
#include "data.h"
#include "host.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Values of timestamp_type. */
enum { SLUICE_TIMESTAMP_NONE = 1, SLUICE_TIMESTAMP_CREATE = 2, SLUICE_TIMESTAMP_LOG_APPEND = 3 };

/* [growable by stride] */
typedef struct sluice_sink_record {
  uint32_t topic; /* index into the batch's topics */
  int32_t partition;
  int64_t offset;
  int64_t timestamp_ms; /* since 1970, UTC; -1: none */
  int32_t timestamp_type;
  uint32_t n_headers;
  const sluice_header *headers;
  sluice_datum key;
  sluice_datum value;
} sluice_sink_record;

/* [growable] Filled and owned by the host. The struct itself and all that is reachable from it
 * live until put() returns, or until the last batch_release after a batch_retain. Per partition
 * the records are in order of their offsets. */
typedef struct sluice_sink_batch {
  size_t struct_size;
  sluice_batch *handle;
  const sluice_str *topics;
  size_t n_topics;
  const void *records; /* sluice_sink_record, read with SLUICE_AT; NULL if there are none */
  size_t n_records;
  size_t record_stride;
} sluice_sink_batch;

/* [growable] */
typedef struct sluice_sink_task_vtbl {
  size_t struct_size;

  /* Required, [task]. The host table and ctx stay valid until destroy has returned. */
  sluice_status (*create)(const sluice_host *, sluice_ctx *, void **task, sluice_error *);
  /* Required, [task]. After it no thread of the plugin may use the ctx. */
  void (*destroy)(void *task);
  /* Required, [task]. */
  sluice_status (*start)(void *task, const sluice_kv *config, size_t n, sluice_error *);

  /* [task] Partitions assigned, in addition to those already open; `offset` is the position of the
   * next record, or -1. */
  sluice_status (*open)(void *task, const sluice_tp *, size_t n, sluice_error *);
  /* Required, [task]. SLUICE_OK says that the batch is accepted, not that it is stored: see
   * pre_commit. SLUICE_E_RETRY: the same batch comes again (see retry_after); nothing else comes
   * in between but pre_commit, and the task must bear to have seen a part of it. A batch without
   * records may come at any time. */
  sluice_status (*put)(void *task, const sluice_sink_batch *, sluice_error *);
  /* [task] Before offsets are committed. Comes with the position after the last record put, per
   * partition; the task stores what it holds and lowers every offset that is not safe yet; -1
   * leaves a partition out. It cannot raise one. Missing: all that was put is safe. When it fails,
   * the host goes back to the last committed offsets and the task gets those records again. */
  sluice_status (*pre_commit)(void *task, sluice_tp *in_out, size_t n, sluice_error *);
  /* [task] Partitions go; retained batches with their records must be released. lost == 0: a
   * pre_commit came just before. lost == 1: they belong to another member already, and nothing
   * more can be committed. */
  sluice_status (*close)(void *task, const sluice_tp *, size_t n, int32_t lost, sluice_error *);

  /* [task] */
  sluice_status (*stop)(void *task, sluice_error *);
  /* [any] Idempotent. Makes a [task] call that waits return SLUICE_E_CANCELLED. pre_commit, close
   * and stop still follow, and must work. */
  void (*cancel)(void *task);
} sluice_sink_task_vtbl;

/* What a sink task may ask of the host. [growable] Fetched once with get_extension. */
#define SLUICE_SINK_CONTEXT "sluice.sink-context/1"
typedef struct sluice_sink_context {
  size_t struct_size;
  /* [task] Stop and restart the flow of assigned partitions; `offset` is not read. */
  sluice_status (*pause)(sluice_ctx *, const sluice_tp *, size_t n, sluice_error *);
  sluice_status (*resume)(sluice_ctx *, const sluice_tp *, size_t n, sluice_error *);
  /* [task] The next records of these partitions are those at `offset`. */
  sluice_status (*seek)(sluice_ctx *, const sluice_tp *, size_t n, sluice_error *);
  /* [any] Commit at the next occasion instead of at the interval's end. */
  void (*request_commit)(sluice_ctx *);
  /* [task] The next put comes no later than after this time, with or without records. After
   * SLUICE_E_RETRY: the batch comes again after this time. Holds once. */
  void (*retry_after)(sluice_ctx *, int64_t ms);
  /* [any] Record `index` of the batch cannot be stored: it obeys errors.tolerance and goes to the
   * dead letter queue, if there is one. The task goes on with SLUICE_OK; if the failure is not
   * tolerated, the host fails the task after put. The batch is kept as long as the report needs. */
  sluice_status (*report_record_error)(sluice_ctx *, const sluice_sink_batch *, size_t index,
                                       sluice_str message);
} sluice_sink_context;

#ifdef __cplusplus
}
#endif
#endif
