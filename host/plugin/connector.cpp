#include "host/plugin/connector.h"

#include <utility>

#include "host/plugin/call.h"
#include "host/plugin/config_kv.h"
#include "host/plugin/context.h"
#include "host/plugin/tables.h"

// What a validate() call has reported so far, in order of first mention.
struct sluice_report {
  std::vector<host::plugin::KeyReport> keys;

  host::plugin::KeyReport &of(sluice_str name) {
    const auto text = host::plugin::view(name);
    for (auto &key : keys)
      if (key.name == text)
        return key;
    keys.push_back({std::string(text), {}, {}, true});
    return keys.back();
  }
};

namespace host::plugin {
namespace {

void report_error(sluice_report *report, sluice_str key, sluice_str message) noexcept {
  if (report != nullptr)
    report->of(key).errors.emplace_back(view(message));
}

void report_recommended(sluice_report *report, sluice_str key, const sluice_str *values,
                        std::size_t n) noexcept {
  if (report == nullptr)
    return;
  auto &recommended = report->of(key).recommended;
  recommended.clear();
  for (std::size_t i = 0; values != nullptr && i < n; ++i)
    recommended.emplace_back(view(values[i]));
}

void report_visible(sluice_report *report, sluice_str key, std::int32_t visible) noexcept {
  if (report != nullptr)
    report->of(key).visible = visible != 0;
}

constexpr sluice_report_api kReportApi = {sizeof(sluice_report_api), report_error,
                                          report_recommended, report_visible};

} // namespace

Connector::Connector(Descriptor descriptor, std::unique_ptr<const Tables> tables)
    : descriptor_(std::move(descriptor)), tables_(std::move(tables)) {}
Connector::~Connector() = default;

Result<std::vector<KeyReport>> Connector::validate(const StringMap &config) const {
  sluice_report report;
  const ConfigKv kv(config);
  HOST_TRY(call(class_name(), "validate", [&](sluice_error *error) {
    return tables_->object.validate(&host_table(), kv.data(), kv.size(), &report, &kReportApi,
                                    error);
  }));
  return std::move(report.keys);
}

Result<bool> Connector::alter_offsets(const StringMap &config,
                                      const std::vector<OffsetChange> &changes) const {
  const ConfigKv kv(config);
  const auto text = [](const std::optional<std::string> &json) {
    return json ? abi_str(*json) : absent_str();
  };
  std::vector<sluice_offset_change> wanted;
  for (const OffsetChange &change : changes)
    wanted.push_back({text(change.partition), text(change.offset)});
  std::int32_t complete = 0;
  HOST_TRY(call(class_name(), "alter_offsets", [&](sluice_error *error) {
    return tables_->offsets.alter_offsets(&host_table(), kv.data(), kv.size(), wanted.data(),
                                          wanted.size(), &complete, error);
  }));
  return complete != 0;
}

} // namespace host::plugin
