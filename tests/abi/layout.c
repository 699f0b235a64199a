#include <stdio.h>

#include "sluice/abi/plugin.h"

/* Prints the size of every struct, the place and size of every member, and every constant: what a
   plugin that was built before relies on. Compared with sdk/abi/layout-v0.txt. */

#define STRUCT(T) printf("%s size %zu\n", #T, sizeof(T))
#define MEMBER(T, m) printf("%s.%s at %zu size %zu\n", #T, #m, offsetof(T, m), sizeof(((T *)0)->m))
#define CONSTANT(c) printf("%s = %d\n", #c, (int)(c))

static void base(void) {
  STRUCT(sluice_str);
  MEMBER(sluice_str, ptr);
  MEMBER(sluice_str, len);
  STRUCT(sluice_bytes);
  MEMBER(sluice_bytes, ptr);
  MEMBER(sluice_bytes, len);
  STRUCT(sluice_kv);
  MEMBER(sluice_kv, key);
  MEMBER(sluice_kv, value);
  STRUCT(sluice_tp);
  MEMBER(sluice_tp, topic);
  MEMBER(sluice_tp, partition);
  MEMBER(sluice_tp, reserved);
  MEMBER(sluice_tp, offset);
  CONSTANT(SLUICE_OK);
  CONSTANT(SLUICE_E_FATAL);
  CONSTANT(SLUICE_E_RETRY);
  CONSTANT(SLUICE_E_CONFIG);
  CONSTANT(SLUICE_E_DATA);
  CONSTANT(SLUICE_E_CANCELLED);
  CONSTANT(SLUICE_E_UNSUPPORTED);
  CONSTANT(SLUICE_E_INTERNAL);
}

static void data(void) {
  STRUCT(sluice_cell);
  MEMBER(sluice_cell, type);
  MEMBER(sluice_cell, flags);
  MEMBER(sluice_cell, aux);
  MEMBER(sluice_cell, n);
  MEMBER(sluice_cell, u);
  STRUCT(sluice_datum);
  MEMBER(sluice_datum, raw);
  MEMBER(sluice_datum, schema);
  MEMBER(sluice_datum, cells);
  MEMBER(sluice_datum, n_cells);
  STRUCT(sluice_header);
  MEMBER(sluice_header, key);
  MEMBER(sluice_header, value);
  STRUCT(sluice_field);
  MEMBER(sluice_field, name);
  MEMBER(sluice_field, schema);
  STRUCT(sluice_schema_api);
  MEMBER(sluice_schema_api, struct_size);
  MEMBER(sluice_schema_api, type);
  MEMBER(sluice_schema_api, optional);
  MEMBER(sluice_schema_api, name);
  MEMBER(sluice_schema_api, version);
  MEMBER(sluice_schema_api, doc);
  MEMBER(sluice_schema_api, parameters);
  MEMBER(sluice_schema_api, fields);
  MEMBER(sluice_schema_api, key_schema);
  MEMBER(sluice_schema_api, value_schema);
  MEMBER(sluice_schema_api, default_value);
  STRUCT(sluice_schema_def);
  MEMBER(sluice_schema_def, struct_size);
  MEMBER(sluice_schema_def, type);
  MEMBER(sluice_schema_def, optional);
  MEMBER(sluice_schema_def, has_version);
  MEMBER(sluice_schema_def, version);
  MEMBER(sluice_schema_def, name);
  MEMBER(sluice_schema_def, doc);
  MEMBER(sluice_schema_def, parameters);
  MEMBER(sluice_schema_def, n_parameters);
  MEMBER(sluice_schema_def, fields);
  MEMBER(sluice_schema_def, n_fields);
  MEMBER(sluice_schema_def, key_schema);
  MEMBER(sluice_schema_def, value_schema);
  MEMBER(sluice_schema_def, default_value);
  STRUCT(sluice_schema_builder_api);
  MEMBER(sluice_schema_builder_api, struct_size);
  MEMBER(sluice_schema_builder_api, primitive);
  MEMBER(sluice_schema_builder_api, build);
  CONSTANT(SLUICE_FORM_BYTES);
  CONSTANT(SLUICE_FORM_VALUE);
  CONSTANT(SLUICE_NULL);
  CONSTANT(SLUICE_BOOL);
  CONSTANT(SLUICE_I8);
  CONSTANT(SLUICE_I16);
  CONSTANT(SLUICE_I32);
  CONSTANT(SLUICE_I64);
  CONSTANT(SLUICE_F32);
  CONSTANT(SLUICE_F64);
  CONSTANT(SLUICE_STRING);
  CONSTANT(SLUICE_BYTES);
  CONSTANT(SLUICE_ARRAY);
  CONSTANT(SLUICE_MAP);
  CONSTANT(SLUICE_STRUCT);
}

static void host(void) {
  STRUCT(sluice_log_record);
  MEMBER(sluice_log_record, struct_size);
  MEMBER(sluice_log_record, level);
  MEMBER(sluice_log_record, line);
  MEMBER(sluice_log_record, message);
  MEMBER(sluice_log_record, file);
  MEMBER(sluice_log_record, fields);
  MEMBER(sluice_log_record, n_fields);
  STRUCT(sluice_metric_def);
  MEMBER(sluice_metric_def, struct_size);
  MEMBER(sluice_metric_def, kind);
  MEMBER(sluice_metric_def, reserved);
  MEMBER(sluice_metric_def, name);
  MEMBER(sluice_metric_def, help);
  MEMBER(sluice_metric_def, labels);
  MEMBER(sluice_metric_def, n_labels);
  MEMBER(sluice_metric_def, buckets);
  MEMBER(sluice_metric_def, n_buckets);
  STRUCT(sluice_host);
  MEMBER(sluice_host, struct_size);
  MEMBER(sluice_host, log_enabled);
  MEMBER(sluice_host, log);
  MEMBER(sluice_host, set_error);
  MEMBER(sluice_host, batch_retain);
  MEMBER(sluice_host, batch_release);
  MEMBER(sluice_host, metric_define);
  MEMBER(sluice_host, metric_update);
  MEMBER(sluice_host, is_cancelled);
  MEMBER(sluice_host, request_reconfigure);
  MEMBER(sluice_host, fail);
  MEMBER(sluice_host, get_extension);
  CONSTANT(SLUICE_LOG_TRACE);
  CONSTANT(SLUICE_LOG_DEBUG);
  CONSTANT(SLUICE_LOG_INFO);
  CONSTANT(SLUICE_LOG_WARN);
  CONSTANT(SLUICE_LOG_ERROR);
  CONSTANT(SLUICE_METRIC_COUNTER);
  CONSTANT(SLUICE_METRIC_GAUGE);
  CONSTANT(SLUICE_METRIC_HISTOGRAM);
}

static void config(void) {
  STRUCT(sluice_validator);
  MEMBER(sluice_validator, struct_size);
  MEMBER(sluice_validator, kind);
  MEMBER(sluice_validator, flags);
  MEMBER(sluice_validator, min_int);
  MEMBER(sluice_validator, max_int);
  MEMBER(sluice_validator, min_double);
  MEMBER(sluice_validator, max_double);
  MEMBER(sluice_validator, values);
  MEMBER(sluice_validator, n_values);
  MEMBER(sluice_validator, pattern);
  MEMBER(sluice_validator, next);
  STRUCT(sluice_config_key);
  MEMBER(sluice_config_key, struct_size);
  MEMBER(sluice_config_key, name);
  MEMBER(sluice_config_key, type);
  MEMBER(sluice_config_key, importance);
  MEMBER(sluice_config_key, width);
  MEMBER(sluice_config_key, order_in_group);
  MEMBER(sluice_config_key, default_value);
  MEMBER(sluice_config_key, doc);
  MEMBER(sluice_config_key, group);
  MEMBER(sluice_config_key, display_name);
  MEMBER(sluice_config_key, dependents);
  MEMBER(sluice_config_key, n_dependents);
  MEMBER(sluice_config_key, validator);
  MEMBER(sluice_config_key, flags);
  MEMBER(sluice_config_key, reserved);
  STRUCT(sluice_config_def);
  MEMBER(sluice_config_def, struct_size);
  MEMBER(sluice_config_def, keys);
  MEMBER(sluice_config_def, n_keys);
  STRUCT(sluice_report_api);
  MEMBER(sluice_report_api, struct_size);
  MEMBER(sluice_report_api, error);
  MEMBER(sluice_report_api, recommend);
  MEMBER(sluice_report_api, visible);
  CONSTANT(SLUICE_CONFIG_BOOLEAN);
  CONSTANT(SLUICE_CONFIG_STRING);
  CONSTANT(SLUICE_CONFIG_INT);
  CONSTANT(SLUICE_CONFIG_SHORT);
  CONSTANT(SLUICE_CONFIG_LONG);
  CONSTANT(SLUICE_CONFIG_DOUBLE);
  CONSTANT(SLUICE_CONFIG_LIST);
  CONSTANT(SLUICE_CONFIG_CLASS);
  CONSTANT(SLUICE_CONFIG_PASSWORD);
  CONSTANT(SLUICE_IMPORTANCE_HIGH);
  CONSTANT(SLUICE_IMPORTANCE_MEDIUM);
  CONSTANT(SLUICE_IMPORTANCE_LOW);
  CONSTANT(SLUICE_WIDTH_NONE);
  CONSTANT(SLUICE_WIDTH_SHORT);
  CONSTANT(SLUICE_WIDTH_MEDIUM);
  CONSTANT(SLUICE_WIDTH_LONG);
  CONSTANT(SLUICE_VALIDATOR_RANGE);
  CONSTANT(SLUICE_VALIDATOR_ONE_OF);
  CONSTANT(SLUICE_VALIDATOR_ONE_OF_NOCASE);
  CONSTANT(SLUICE_VALIDATOR_NON_EMPTY);
  CONSTANT(SLUICE_VALIDATOR_NON_NULL);
  CONSTANT(SLUICE_VALIDATOR_PATTERN);
  CONSTANT(SLUICE_RANGE_HAS_MIN);
  CONSTANT(SLUICE_RANGE_HAS_MAX);
  CONSTANT(SLUICE_KEY_OPTIONAL);
  CONSTANT(SLUICE_KEY_INTERNAL);
}

static void connector(void) {
  STRUCT(sluice_connector_vtbl);
  MEMBER(sluice_connector_vtbl, struct_size);
  MEMBER(sluice_connector_vtbl, create);
  MEMBER(sluice_connector_vtbl, destroy);
  MEMBER(sluice_connector_vtbl, start);
  MEMBER(sluice_connector_vtbl, task_configs);
  MEMBER(sluice_connector_vtbl, stop);
  MEMBER(sluice_connector_vtbl, cancel);
  MEMBER(sluice_connector_vtbl, validate);
  MEMBER(sluice_connector_vtbl, exactly_once_support);
  MEMBER(sluice_connector_vtbl, can_define_transactions);
  CONSTANT(SLUICE_EXACTLY_ONCE_SUPPORTED);
  CONSTANT(SLUICE_EXACTLY_ONCE_UNSUPPORTED);
}

static void sink(void) {
  STRUCT(sluice_sink_record);
  MEMBER(sluice_sink_record, topic);
  MEMBER(sluice_sink_record, partition);
  MEMBER(sluice_sink_record, offset);
  MEMBER(sluice_sink_record, timestamp_ms);
  MEMBER(sluice_sink_record, timestamp_type);
  MEMBER(sluice_sink_record, n_headers);
  MEMBER(sluice_sink_record, headers);
  MEMBER(sluice_sink_record, key);
  MEMBER(sluice_sink_record, value);
  STRUCT(sluice_sink_batch);
  MEMBER(sluice_sink_batch, struct_size);
  MEMBER(sluice_sink_batch, handle);
  MEMBER(sluice_sink_batch, topics);
  MEMBER(sluice_sink_batch, n_topics);
  MEMBER(sluice_sink_batch, records);
  MEMBER(sluice_sink_batch, n_records);
  MEMBER(sluice_sink_batch, record_stride);
  STRUCT(sluice_sink_task_vtbl);
  MEMBER(sluice_sink_task_vtbl, struct_size);
  MEMBER(sluice_sink_task_vtbl, create);
  MEMBER(sluice_sink_task_vtbl, destroy);
  MEMBER(sluice_sink_task_vtbl, start);
  MEMBER(sluice_sink_task_vtbl, open);
  MEMBER(sluice_sink_task_vtbl, put);
  MEMBER(sluice_sink_task_vtbl, pre_commit);
  MEMBER(sluice_sink_task_vtbl, close);
  MEMBER(sluice_sink_task_vtbl, stop);
  MEMBER(sluice_sink_task_vtbl, cancel);
  STRUCT(sluice_sink_context);
  MEMBER(sluice_sink_context, struct_size);
  MEMBER(sluice_sink_context, pause);
  MEMBER(sluice_sink_context, resume);
  MEMBER(sluice_sink_context, seek);
  MEMBER(sluice_sink_context, request_commit);
  MEMBER(sluice_sink_context, retry_after);
  MEMBER(sluice_sink_context, report_record_error);
  CONSTANT(SLUICE_TIMESTAMP_NONE);
  CONSTANT(SLUICE_TIMESTAMP_CREATE);
  CONSTANT(SLUICE_TIMESTAMP_LOG_APPEND);
}

static void source(void) {
  STRUCT(sluice_source_record);
  MEMBER(sluice_source_record, topic);
  MEMBER(sluice_source_record, partition);
  MEMBER(sluice_source_record, source_partition);
  MEMBER(sluice_source_record, timestamp_ms);
  MEMBER(sluice_source_record, key);
  MEMBER(sluice_source_record, value);
  MEMBER(sluice_source_record, headers);
  MEMBER(sluice_source_record, n_headers);
  MEMBER(sluice_source_record, source_offset);
  STRUCT(sluice_source_batch);
  MEMBER(sluice_source_batch, struct_size);
  MEMBER(sluice_source_batch, records);
  MEMBER(sluice_source_batch, n_records);
  MEMBER(sluice_source_batch, record_stride);
  MEMBER(sluice_source_batch, release);
  MEMBER(sluice_source_batch, plugin_data);
  STRUCT(sluice_delivery);
  MEMBER(sluice_delivery, outcome);
  MEMBER(sluice_delivery, partition);
  MEMBER(sluice_delivery, offset);
  MEMBER(sluice_delivery, timestamp_ms);
  STRUCT(sluice_source_task_vtbl);
  MEMBER(sluice_source_task_vtbl, struct_size);
  MEMBER(sluice_source_task_vtbl, create);
  MEMBER(sluice_source_task_vtbl, destroy);
  MEMBER(sluice_source_task_vtbl, start);
  MEMBER(sluice_source_task_vtbl, poll);
  MEMBER(sluice_source_task_vtbl, on_delivered);
  MEMBER(sluice_source_task_vtbl, commit);
  MEMBER(sluice_source_task_vtbl, stop);
  MEMBER(sluice_source_task_vtbl, cancel);
  MEMBER(sluice_source_task_vtbl, wake);
  STRUCT(sluice_source_context);
  MEMBER(sluice_source_context, struct_size);
  MEMBER(sluice_source_context, intern_partition);
  MEMBER(sluice_source_context, read_offsets);
  MEMBER(sluice_source_context, max_record_bytes);
  CONSTANT(SLUICE_DELIVERED);
  CONSTANT(SLUICE_FILTERED);
  CONSTANT(SLUICE_SKIPPED);
}

static void plugin(void) {
  STRUCT(sluice_host_info);
  MEMBER(sluice_host_info, struct_size);
  MEMBER(sluice_host_info, abi_minor);
  MEMBER(sluice_host_info, reserved);
  MEMBER(sluice_host_info, name);
  MEMBER(sluice_host_info, version);
  STRUCT(sluice_connector_desc);
  MEMBER(sluice_connector_desc, struct_size);
  MEMBER(sluice_connector_desc, kind);
  MEMBER(sluice_connector_desc, forms);
  MEMBER(sluice_connector_desc, class_name);
  MEMBER(sluice_connector_desc, version);
  MEMBER(sluice_connector_desc, summary);
  MEMBER(sluice_connector_desc, task_class_name);
  MEMBER(sluice_connector_desc, config);
  MEMBER(sluice_connector_desc, connector);
  MEMBER(sluice_connector_desc, sink);
  MEMBER(sluice_connector_desc, source);
  MEMBER(sluice_connector_desc, get_extension);
  STRUCT(sluice_plugin);
  MEMBER(sluice_plugin, struct_size);
  MEMBER(sluice_plugin, abi_minor);
  MEMBER(sluice_plugin, reserved);
  MEMBER(sluice_plugin, name);
  MEMBER(sluice_plugin, version);
  MEMBER(sluice_plugin, license);
  MEMBER(sluice_plugin, build);
  MEMBER(sluice_plugin, connectors);
  MEMBER(sluice_plugin, n_connectors);
  MEMBER(sluice_plugin, init);
  CONSTANT(SLUICE_KIND_SINK);
  CONSTANT(SLUICE_KIND_SOURCE);
}

int main(void) {
  base();
  data();
  host();
  config();
  connector();
  sink();
  source();
  plugin();
  return 0;
}
