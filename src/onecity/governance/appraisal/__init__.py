"""How the street is looked after: every share with both of its numbers, and with whatever it leaves out.

Work is counted, and no worker: log-ins, kilometres, photos and points of people have no place in here. The shares are
the indicators of digital urban management (GB/T 30428.4, GB/T 47678.10), in the words of this house:

有效上报率 valid · 准确立案率 filed rightly · 按时立案率 filed in time · 准确派遣率 dispatched rightly ·
处置率 handled · 按期处置率 handled in time · 按期核实率 confirmed in time · 按期核查率 verified in time ·
结案率 closed · 按期结案率 closed in time · 缓办率 suspended · 复发率 recurred · 返工率 reworked ·
延期率 extended · 重开率 reopened.
"""

from onecity.governance.appraisal.comparing import Waited, YunchengScore, waited, yuncheng_score
from onecity.governance.appraisal.course import Course
from onecity.governance.appraisal.shares import Appraisal, Out, Share, appraise, share_of

__all__ = [
    "Appraisal",
    "Course",
    "Out",
    "Share",
    "Waited",
    "YunchengScore",
    "appraise",
    "share_of",
    "waited",
    "yuncheng_score",
]
