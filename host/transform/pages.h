#pragma once

#include "host/transform/catalog.h"

// Every transform and predicate there is, each in the file of its name.
namespace host::transform {

extern const TransformPage kCast;
extern const TransformPage kDropHeaders;
extern const TransformPage kExtractField;
extern const TransformPage kFilter;
extern const TransformPage kFlatten;
extern const TransformPage kHeaderFrom;
extern const TransformPage kHoistField;
extern const TransformPage kInsertField;
extern const TransformPage kInsertHeader;
extern const TransformPage kMaskField;
extern const TransformPage kRegexRouter;
extern const TransformPage kReplaceField;
extern const TransformPage kSetSchemaMetadata;
extern const TransformPage kTimestampConverter;
extern const TransformPage kTimestampRouter;
extern const TransformPage kValueToKey;

extern const PredicatePage kHasHeaderKey;
extern const PredicatePage kRecordIsTombstone;
extern const PredicatePage kTopicNameMatches;

} // namespace host::transform
