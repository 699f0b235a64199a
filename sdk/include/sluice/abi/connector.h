/* SPDX-License-Identifier: Apache-2.0
 *
 * The connector object: it lives once per connector, knows the configuration as a whole, and says
 * how the work is divided into tasks. It touches no records.
 *
 * Life cycle: create → start → task_configs* → stop → destroy. cancel may come at any time between
 * create and destroy. A failed create leaves *connector NULL and nothing to destroy; after a failed
 * start only destroy follows.
 */
#ifndef SLUICE_ABI_CONNECTOR_H
#define SLUICE_ABI_CONNECTOR_H

#include "base.h"
#include "config.h"
#include "host.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Takes the configuration of one task; copies. The host adds nothing to it. A status other than
 * SLUICE_OK means that no more are wanted; return it from task_configs. */
typedef sluice_status (*sluice_emit_task)(void *emit_ctx, const sluice_kv *config, size_t n);

/* Answers of exactly_once_support. */
enum { SLUICE_EXACTLY_ONCE_SUPPORTED = 1, SLUICE_EXACTLY_ONCE_UNSUPPORTED = 2 };

/* [growable] */
typedef struct sluice_connector_vtbl {
  size_t struct_size;

  /* Required, [control]. The host table and ctx stay valid until destroy has returned. */
  sluice_status (*create)(const sluice_host *, sluice_ctx *, void **connector, sluice_error *);
  /* Required, [control]. Nothing of the plugin may run for this object afterwards. */
  void (*destroy)(void *connector);
  /* Required, [control]. Returns soon; long work belongs into a thread of the plugin. */
  sluice_status (*start)(void *connector, const sluice_kv *config, size_t n, sluice_error *);
  /* Required, [control]. Calls `emit` between one and max_tasks times, or not at all when there is
   * no work. */
  sluice_status (*task_configs)(void *connector, int32_t max_tasks, sluice_emit_task emit,
                                void *emit_ctx, sluice_error *);
  /* [control] */
  sluice_status (*stop)(void *connector, sluice_error *);
  /* [any] Idempotent. Makes a [control] call that waits return SLUICE_E_CANCELLED. */
  void (*cancel)(void *connector);

  /* [control], without an object and with no other call before it. Reports what the key table
   * cannot say; a configuration that breaks the table arrives here too. A status other than
   * SLUICE_OK means that validation itself failed. Of the host table only set_error may be used,
   * here and in the next two. */
  sluice_status (*validate)(const sluice_host *, const sluice_kv *config, size_t n, sluice_report *,
                            const sluice_report_api *, sluice_error *);
  /* [control], without an object; sources only. Missing: not supported. */
  sluice_status (*exactly_once_support)(const sluice_host *, const sluice_kv *config, size_t n,
                                        int32_t *support, sluice_error *);
  /* [control], without an object; sources only. *can is 0 or 1. Missing: 0. */
  sluice_status (*can_define_transactions)(const sluice_host *, const sluice_kv *config, size_t n,
                                           int32_t *can, sluice_error *);
} sluice_connector_vtbl;

#ifdef __cplusplus
}
#endif
#endif
