// Show: answers as people read them.
#pragma once

#include <vector>

#include "limn/engine/answers.h"
#include "limn/engine/build.h"
#include "limn/engine/evaluate.h"

namespace limn::cli {

void show(const ImportAnswer& answer);
void show(const BuildReport& report);
void show_encoding(const BuildReport& report);  // its first half alone
void show_fit(const BuildReport& report);       // its second half alone
void show_ranker(const RankerReport& ranker);   // nothing where none was wanted
void show(const ProfileAnswer& answer);
void show(const Recommendations& answer, bool reasons);
void show(const Explanation& answer);
void show(const std::vector<SimilarUser>& answer);
void show(const std::vector<SimilarItem>& answer);
void show(const FeedbackAnswer& answer);
void show(const std::vector<TopicAnswer>& answer);
void show_briefly(const std::vector<TopicAnswer>& answer);  // a line each
void show_changes(const BuildReport& report);               // of the topics
void show(const std::vector<SegmentAnswer>& answer);
void show(const Evaluation& evaluation, bool brief = false);  // brief: how good, and no more

}  // namespace limn::cli
