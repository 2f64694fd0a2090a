from cases.types.emergency_access.details import EmergencyDetails


def test_details_are_read_as_they_were_written():
    details = EmergencyDetails("d1", "somebody", "authorization", "north", 4)

    assert EmergencyDetails.from_json(details.as_json()) == details
