/* SPDX-License-Identifier: Apache-2.0
 *
 * Extension "sluice.alter_offsets/1": a connector's say when a user changes or resets its stored
 * offsets over REST (PATCH and DELETE /connectors/{connector}/offsets). The description's
 * get_extension returns the table for SLUICE_ALTER_OFFSETS.
 */
#ifndef SLUICE_ABI_EXT_ALTER_OFFSETS_H
#define SLUICE_ABI_EXT_ALTER_OFFSETS_H

#include "../base.h"
#include "../config.h"
#include "../host.h"

#ifdef __cplusplus
extern "C" {
#endif

#define SLUICE_ALTER_OFFSETS "sluice.alter_offsets/1"

/* [frozen] One partition and what becomes of its offset: JSON objects as a user gave them, entries
 * in any order. Of a source, what its tasks name source partition and source offset; of a sink,
 * {"kafka_topic":"t","kafka_partition":0} and {"kafka_offset":5}. */
typedef struct sluice_offset_change {
  sluice_str partition; /* absent: the user gave none */
  sluice_str offset;    /* absent: the stored offset is removed */
} sluice_offset_change;

/* [growable] Static in the plugin. */
typedef struct sluice_alter_offsets_vtbl {
  size_t struct_size;

  /* Required, [control], without an object; no task of the connector runs. Comes before anything is
   * stored, for a reset with every stored partition and no offset. A status other than SLUICE_OK
   * refuses the request as a whole, in the message's words; SLUICE_E_UNSUPPORTED: such requests
   * are never accepted. *complete is 1 when the connector keeps no position elsewhere, or has
   * changed it; with 0, as without this extension, the user is told that positions which the
   * connector keeps elsewhere are left to him. May come again with the same changes when storing
   * them failed. Of the host table only set_error may be used. */
  sluice_status (*alter_offsets)(const sluice_host *, const sluice_kv *config, size_t n,
                                 const sluice_offset_change *changes, size_t n_changes,
                                 int32_t *complete, sluice_error *);
} sluice_alter_offsets_vtbl;

#ifdef __cplusplus
}
#endif
#endif
