import pytest


@pytest.fixture(scope="session")
async def world(house):
    """Asha bought from Ashoka Homes, Ravi from Bharat Builders, and Ravi holds a unit of Ashoka's."""
    from tests.tenancy.world import make_world  # here: a conftest is read before the settings are made

    return await make_world()
