/* SPDX-License-Identifier: Apache-2.0
 *
 * What a shared object offers, and the one symbol that it exports.
 */
#ifndef SLUICE_ABI_PLUGIN_H
#define SLUICE_ABI_PLUGIN_H

#include "base.h"
#include "config.h"
#include "connector.h"
#include "data.h"
#include "host.h"
#include "sink.h"
#include "source.h"

#ifdef __cplusplus
extern "C" {
#endif

/* [growable] */
typedef struct sluice_host_info {
  size_t struct_size;
  uint32_t abi_minor;
  uint32_t reserved; /* zero */
  sluice_str name;
  sluice_str version;
} sluice_host_info;

enum { SLUICE_KIND_SINK = 1, SLUICE_KIND_SOURCE = 2 };

/* [growable] One connector class. Static and constant in the plugin. */
typedef struct sluice_connector_desc {
  size_t struct_size;
  int32_t kind;
  uint32_t forms;                         /* SLUICE_FORM_… bits, at least one */
  sluice_str class_name;                  /* what connector.class names */
  sluice_str version;                     /* of this connector, as REST shows it */
  sluice_str summary;                     /* one sentence */
  sluice_str task_class_name;             /* absent: class_name with Connector replaced by Task */
  const sluice_config_def *config;        /* required; may have no keys */
  const sluice_connector_vtbl *connector; /* required */
  const sluice_sink_task_vtbl *sink;      /* required for a sink, else NULL */
  const sluice_source_task_vtbl *source;  /* required for a source, else NULL */
  /* [any] Further tables of the plugin by id; may be NULL, and may return NULL. */
  const void *(*get_extension)(sluice_str id);
} sluice_connector_desc;

/* [growable] Static and constant in the plugin. */
typedef struct sluice_plugin {
  size_t struct_size;
  uint32_t abi_minor; /* SLUICE_ABI_MINOR */
  uint32_t reserved;  /* zero */
  sluice_str name;
  sluice_str version;
  sluice_str license;                             /* SPDX expression; may be absent */
  sluice_str build;                               /* for people: commit, compiler; may be absent */
  const sluice_connector_desc *const *connectors; /* an array of pointers */
  size_t n_connectors;
  /* Once per process, before the first create; not called by a scan. May be NULL. Of the host table
   * only set_error may be used. */
  sluice_status (*init)(const sluice_host *, const sluice_host_info *, sluice_error *);
} sluice_plugin;

/* The exported function. It only hands out the table: no threads, no files, no host services, for a
 * scan calls it too. A status other than SLUICE_OK refuses this host. */
#define SLUICE_ENTRY_SYMBOL "sluice_plugin_entry_v0"
typedef sluice_status (*sluice_plugin_entry)(const sluice_host_info *, const sluice_plugin **out);
SLUICE_EXPORT sluice_status sluice_plugin_entry_v0(const sluice_host_info *host,
                                                   const sluice_plugin **out);

#ifdef __cplusplus
}
#endif
#endif
