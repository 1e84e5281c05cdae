"""What the loopback tournament answers: rounds, models, submissions, stakes, scores."""

import re
import uuid
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation

from numlearn.errors import NumlearnError
from numlearn.models import submission

NUMBERS = {"classic": 8, "signals": 11, "crypto": 12}
SCOPES = ("upload_submission", "read_submission_info", "read_user_info")
_OPEN_HOURS, _RESOLVE_DAYS = 30, 33


class Tournament:
    """A small tournament's state, and its answers to numerapi's queries.

    Parameters
    ----------
    live_ids : callable
        Returns the ids of the current round's rows.
    models : sequence of str
        Names of the account's models.
    round_number : int
        The current round.
    universes : dict of str to DataFrame, optional
        This week's tickers of "signals" and of "crypto", a column for each kind, where
        these are played as well. The account's models there are called "my_signals"
        and "my_crypto".
    """

    def __init__(
        self, live_ids, models=("my_model",), round_number=1343, universes=None
    ):
        self.live_ids = live_ids
        self.universes = dict(universes or {})
        self.played = dict.fromkeys(models, "classic")
        self.played |= {f"my_{name}": name for name in self.universes}
        self.round_number = round_number
        self.round_open = True
        self.public_id, self.secret_key = "PUBLIC", "SECRET"
        self.models = {
            name: str(uuid.uuid5(uuid.NAMESPACE_DNS, name)) for name in self.played
        }
        self.stakes = {name: Decimal(0) for name in self.models}
        self.uploads = {}
        self.pickles = {}
        self.submissions = []
        self.scores = []

    def answer(self, query, variables, authorization):
        """Return the data of a GraphQL query, by the field it asks for.

        Raises
        ------
        NumlearnError
            With the message that the tournament gives.
        """
        field = re.search(r"\{\s*(\w+)", query)[1]
        if field in _PUBLIC:
            return {field: _PUBLIC[field](self, variables)}
        if field not in _PRIVATE:
            raise NumlearnError(f"This tournament server does not know {field}.")
        if authorization != f"Token {self.public_id}${self.secret_key}":
            raise NumlearnError("Your session is invalid or has expired.")
        return {field: _PRIVATE[field](self, variables)}

    def publish_scores(self, model, round_number, at_risk=0, resolved=True, **scores):
        """Add a round's scores of a model, e.g. ``CORR20=0.02, MMC20=0.001``."""
        kept = {"model": model, "round": round_number, "at_risk": at_risk}
        self.scores.append({**kept, "resolved": resolved, "scores": scores})

    def _name(self, model_id):
        for name, known in self.models.items():
            if known == model_id:
                return name
        raise NumlearnError("Model not found: get_models() lists yours.")

    def _rounds(self, variables):
        if not self.round_open and variables.get("number") == 0:
            raise NumlearnError("Current round not open for submissions")
        number = variables.get("number") or self.round_number
        return [{**self._round(number), "roundScoreConfigs": []}]

    def _round(self, number):
        opened = datetime.now(UTC) - timedelta(hours=1)
        opened -= timedelta(days=self.round_number - number)
        closes = opened + timedelta(hours=_OPEN_HOURS if self.round_open else 0)
        return {
            "id": f"round-{number}",
            "tournament": NUMBERS["classic"],
            "number": number,
            "target": "ender_60",
            "openTime": opened.isoformat(),
            "closeTime": closes.isoformat(),
            "closeStakingTime": closes.isoformat(),
            "scoreTime": closes.isoformat(),
            "resolveTime": (opened + timedelta(days=_RESOLVE_DAYS)).isoformat(),
            "resolvedGeneral": number < self.round_number - _RESOLVE_DAYS,
            "resolvedStaking": number < self.round_number - _RESOLVE_DAYS,
            "payoutFactor": "1",
            "stakeThreshold": None,
            "dataDatestamp": None,
        }

    def _account(self, _):
        models = [
            {
                "id": model_id,
                "name": name,
                "tournament": NUMBERS[self.played[name]],
                "submissions": self._of_model(model_id),
                "v2Stake": None,
            }
            for name, model_id in self.models.items()
        ]
        return {
            "username": "learner",
            "walletAddress": None,
            "availableNmr": "0",
            "email": "learner@example.invalid",
            "id": "learner",
            "mfaEnabled": False,
            "status": "VERIFIED",
            "insertedAt": "2021-03-01T00:00:00Z",
            "models": models,
            "apiTokens": [
                {"name": "course", "public_id": self.public_id, "scopes": [*SCOPES]}
            ],
        }

    def _account_profile(self, _):
        models = self.models.items()
        return {"models": [{"id": i, "displayName": name} for name, i in models]}

    def _user_profile(self, variables):
        name = variables["model_name"]
        if name not in self.models:
            raise NumlearnError(f"There is no model {name!r}.")
        stake = self.stakes[name]
        return {
            "id": self.models[name],
            "startDate": "2021-03-01T00:00:00Z",
            "username": name,
            "bio": None,
            "nmrStaked": str(stake),
            "stakeValue": str(stake) if stake else None,
        }

    def _model(self, variables):
        model_id = variables.get("modelId") or variables.get("modelid")
        name = self._name(model_id)
        number = NUMBERS[self.played[name]]
        selected = [
            {
                "filename": taken["filename"],
                "selected": True,
                "round": {"tournament": number, "number": taken["round"]},
            }
            for taken in self._of_model(model_id)
        ]
        return {"name": name, "submissions": selected}

    def _of_model(self, model_id):
        return [s for s in self.submissions if s["modelId"] == model_id]

    def _create_submission(self, variables):
        name, model_id = variables["filename"], variables["modelId"]
        tournament = self.played[self._name(model_id)]
        if not self.round_open:
            raise NumlearnError("round_closed: the round no longer takes submissions")
        if name not in self.uploads:
            raise NumlearnError("file_not_found: the file was never uploaded")
        live = self.universes.get(tournament)
        live = self.live_ids() if live is None else live
        refusal = refuse(self.uploads[name], live, tournament)
        if refusal:
            raise NumlearnError(refusal)
        taken = {
            "id": str(uuid.uuid4()),
            "filename": name,
            "insertedAt": datetime.now(UTC).isoformat(),
            "firstEffectiveDate": None,
            "modelId": model_id,
            "round": self.round_number,
        }
        self.submissions.append(taken)
        return taken

    def _take_pickle(self, variables):
        name = self._name(variables["modelId"])
        if variables["filename"] not in self.uploads:
            raise NumlearnError("file_not_found: the file was never uploaded")
        self.pickles[name] = self.uploads[variables["filename"]]
        return {"id": str(uuid.uuid4())}

    def _submissions(self, variables):
        return self._of_model(variables["modelId"])

    def _submission_scores(self, variables):
        model = self._name(variables["modelId"])
        rows = []
        mine = [kept for kept in self.scores if kept["model"] == model]
        for kept in mine:
            if variables.get("resolved") not in (None, kept["resolved"]):
                continue
            for name, value in kept["scores"].items():
                if variables.get("displayName") in (None, name):
                    rows.append(self._score(kept, name, value))
        last = variables.get("lastNRounds")
        rounds = sorted({row["roundNumber"] for row in rows})[-last if last else 0 :]
        return [row for row in rows if row["roundNumber"] in rounds]

    def _score(self, kept, name, value):
        times = self._round(kept["round"])
        return {
            "roundId": times["id"],
            "submissionId": None,
            "roundNumber": kept["round"],
            "roundResolveTime": times["resolveTime"],
            "roundScoreTime": times["scoreTime"],
            "roundCloseStakingTime": times["closeStakingTime"],
            "value": value,
            "percentile": None,
            "payoutPending": None,
            "payoutSettled": None,
            "displayName": name,
            "version": None,
            "date": times["scoreTime"],
            "day": 20,
            "resolveDate": times["resolveTime"],
            "resolved": kept["resolved"],
        }

    def _performances(self, variables):
        model = self._name(variables["modelId"])
        return [
            {
                "atRisk": str(kept["at_risk"]),
                "payoutMultipliers": [],
                "roundPayoutFactor": "1",
                "roundNumber": kept["round"],
                "roundOpenTime": self._round(kept["round"])["openTime"],
                "roundResolveTime": self._round(kept["round"])["resolveTime"],
                "roundResolved": kept["resolved"],
                "roundTarget": "ender_60",
                "submissionScores": [
                    self._score(kept, *score) for score in kept["scores"].items()
                ],
                "intraRoundSubmissionScores": [],
            }
            for kept in self.scores
            if kept["model"] == model
        ]

    def _change_stake(self, variables):
        name = self._name(variables["modelId"])
        try:
            amount = Decimal(variables["value"])
        except InvalidOperation:
            amount = Decimal(0)
        if not amount.is_finite() or amount <= 0:
            raise NumlearnError("A stake changes by an amount above zero.")
        change = amount if variables["type"] == "increase" else -amount
        if self.stakes[name] + change < 0:
            raise NumlearnError(f"{name} has only {self.stakes[name]} NMR at stake.")
        self.stakes[name] += change
        return {
            "dueDate": datetime.now(UTC).isoformat(),
            "requestedAmount": str(amount),
            "status": "confirmed",
            "type": variables["type"],
        }


def refuse(content, live, tournament="classic"):
    """Return why the tournament refuses a file of predictions, or None.

    Parameters
    ----------
    content : bytes
        The uploaded CSV.
    live : sequence of str or DataFrame
        The ids of the round. Others are ignored, as by Numerai.
    tournament : {"classic", "signals", "crypto"}

    Returns
    -------
    str or None
        The code of Numerai's own check (numerai-tools) and the sentence of ours.
    """
    try:
        table = submission.read(content)
        found = submission.faults(table, live, tournament=tournament)
    except NumlearnError as error:
        return f"invalid_submission_headers: {error}"
    return f"{found[0].code}: {found[0]}" if found else None


_PUBLIC = {
    "rounds": Tournament._rounds,
    "accountProfile": Tournament._account_profile,
    "v3UserProfile": Tournament._user_profile,
    "submissionScores": Tournament._submission_scores,
    "v2RoundModelPerformances": Tournament._performances,
}
_PRIVATE = {
    "account": Tournament._account,
    "model": Tournament._model,
    "create_submission": Tournament._create_submission,
    "createSignalsSubmission": Tournament._create_submission,
    "createComputePickleUpload": Tournament._take_pickle,
    "submissions": Tournament._submissions,
    "v2ChangeStake": Tournament._change_stake,
}
