"""The widgets: views of the journal, each drawn twice from one model, interactive and as plain HTML."""

from backchannel.widgets.chain import ChainBuilder
from backchannel.widgets.debate import DebateBoard
from backchannel.widgets.grid import JudgementGrid
from backchannel.widgets.labeller import Labeller
from backchannel.widgets.portfolio import PortfolioPage
from backchannel.widgets.quiz import Quiz
from backchannel.widgets.reader import Reader
from backchannel.widgets.settings import Settings
from backchannel.widgets.sorter import Sorter
from backchannel.widgets.writing import Writing

__all__ = [
    "ChainBuilder",
    "DebateBoard",
    "JudgementGrid",
    "Labeller",
    "PortfolioPage",
    "Quiz",
    "Reader",
    "Settings",
    "Sorter",
    "Writing",
]
