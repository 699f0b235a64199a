/* SPDX-License-Identifier: Apache-2.0
 *
 * Source tasks: records from somewhere else to Kafka.
 *
 * Life cycle: create → start → (poll | on_delivered | commit)* → stop → destroy. cancel may come at
 * any time between create and destroy. A failed create leaves *task NULL and nothing to destroy;
 * after a failed start only destroy follows.
 *
 * Source offsets: a task names where its data comes from (a source partition) and how far a record
 * brings it (a source offset), both JSON objects that only it understands. The host stores the
 * offset once the record, and all records before it in that source partition, are safe in Kafka,
 * and gives it back when a task starts again.
 */
#ifndef SLUICE_ABI_SOURCE_H
#define SLUICE_ABI_SOURCE_H

#include "base.h"
#include "data.h"
#include "host.h"

#ifdef __cplusplus
extern "C" {
#endif

/* [growable by stride] Zero what is not used. */
typedef struct sluice_source_record {
  sluice_str topic;
  int32_t partition;         /* -1: the partitioner decides */
  uint32_t source_partition; /* id from intern_partition; 0: none, no offset is stored */
  int64_t timestamp_ms;      /* since 1970, UTC; -1: none, the producer puts the present */
  sluice_datum key;
  sluice_datum value;
  const sluice_header *headers;
  size_t n_headers;
  sluice_str source_offset; /* a JSON object; absent: not a point to resume from */
} sluice_source_record;

/* [growable] Allocated, filled and kept by the plugin; all that is reachable from it stays
 * unchanged until release. */
typedef struct sluice_source_batch {
  size_t struct_size;
  const void *records; /* sluice_source_record, `record_stride` bytes apart */
  size_t n_records;
  size_t record_stride;
  /* Required, [any]. Called exactly once for each batch that poll handed out, when the host needs
   * none of it any more. That says nothing about delivery: see on_delivered. */
  void (*release)(const struct sluice_source_batch *);
  void *plugin_data;
} sluice_source_batch;

/* What became of a record. */
enum {
  SLUICE_DELIVERED = 1, /* acknowledged by Kafka */
  SLUICE_FILTERED = 2,  /* dropped by a transform */
  SLUICE_SKIPPED = 3    /* failed, and errors.tolerance let it pass */
};

/* [growable by stride] */
typedef struct sluice_delivery {
  int32_t outcome;
  int32_t partition; /* -1 unless delivered, like the next two */
  int64_t offset;
  int64_t timestamp_ms;
} sluice_delivery;

/* [growable] */
typedef struct sluice_source_task_vtbl {
  size_t struct_size;

  /* Required, [task]. The host table and ctx stay valid until destroy has returned. */
  sluice_status (*create)(const sluice_host *, sluice_ctx *, void **task, sluice_error *);
  /* Required, [task]. After it no thread of the plugin may use the ctx. All batches have been
   * released before. */
  void (*destroy)(void *task);
  /* Required, [task]. */
  sluice_status (*start)(void *task, const sluice_kv *config, size_t n, sluice_error *);

  /* Required, [task]. Returns as soon as there are records, and at the latest after max_wait_ms
   * (0: does not wait). SLUICE_OK with *out == NULL: nothing now. The host owns a batch that was
   * handed out until it calls its release. SLUICE_E_RETRY: nothing now, and the message is worth a
   * warning. */
  sluice_status (*poll)(void *task, int64_t max_wait_ms, const sluice_source_batch **out,
                        sluice_error *);
  /* [task] All records of a batch have their outcome: deliveries[i] is that of record i. Comes
   * before the batch's release. */
  sluice_status (*on_delivered)(void *task, const sluice_source_batch *, const void *deliveries,
                                size_t n, size_t stride, sluice_error *);
  /* [task] Source offsets were stored. */
  sluice_status (*commit)(void *task, sluice_error *);

  /* [task] Outstanding batches may still be released afterwards. */
  sluice_status (*stop)(void *task, sluice_error *);
  /* [any] Idempotent. Makes a poll that waits return SLUICE_E_CANCELLED, and all later ones. */
  void (*cancel)(void *task);
  /* [any] Makes the poll that waits, or else the next one, return early (with SLUICE_OK and what
   * there is, maybe nothing). A task that has it may be asked to wait for minutes; one without is
   * asked to wait for a second at most. */
  void (*wake)(void *task);
} sluice_source_task_vtbl;

/* Takes the stored offset of ids[index]: a JSON object, or absent when there is none. [task],
 * before read_offsets returns. */
typedef void (*sluice_offset_found)(void *found_ctx, size_t index, sluice_str offset);

/* What a source task may ask of the host. [growable] Fetched once with get_extension. */
#define SLUICE_SOURCE_CONTEXT "sluice.source-context/1"
typedef struct sluice_source_context {
  size_t struct_size;
  /* [task] The id of a source partition, from 1, the same for equal JSON; valid until destroy. The
   * host brings the JSON into the canonical form of Kafka Connect's offset keys. */
  sluice_status (*intern_partition)(sluice_ctx *, sluice_str json, uint32_t *id, sluice_error *);
  /* [task] In start() or later; may wait for the host's offset store. */
  sluice_status (*read_offsets)(sluice_ctx *, const uint32_t *ids, size_t n,
                                sluice_offset_found found, void *found_ctx, sluice_error *);
  /* [any] The most bytes that a record's key, value and headers may have together when converted:
   * max.request.size of the task's producer. A task refuses larger data itself, naming what it is
   * and where it lies, so that it need not hold it. */
  int64_t (*max_record_bytes)(sluice_ctx *);
} sluice_source_context;

#ifdef __cplusplus
}
#endif
#endif
