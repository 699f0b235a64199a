#pragma once

#include <memory>

#include "host/base/error.h"
#include "host/base/strings.h"
#include "host/storage/offset_store.h"

namespace host::storage {

// The store that a worker's configuration asks for: a file by `offset.storage.file.filename` or a
// topic by `offset.storage.topic`, exactly one of them. Config errors name the key. Touches neither
// disk nor network: start() does.
Result<std::unique_ptr<OffsetStore>> open_offset_store(const StringMap &worker);

} // namespace host::storage
